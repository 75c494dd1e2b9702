/* One mail is one conversation: what the server said last decides. */
#include "serve/mail.h"
#include "base/clock.h"
#include "serve/mail_template.h"
#include "serve/mail_text.h"

typedef enum { STAGE_START, STAGE_SENDER, STAGE_RECIPIENT, STAGE_DATA } Stage;

struct Mail {
    const rung_notify_settings *settings;
    atomic_bool *stop;
    Arena *arena;
    MailTemplates templates;
    Mailbox from, reply_to;
    CURL *curl; /* NULL: there is no connection */

    /* of the conversation that runs */
    Stage stage;
    bool over;
    int status;       /* of the last answer before we said goodbye */
    char answer[400]; /* its last line */
    char problem[CURL_ERROR_SIZE];
};

/* ---- opening ---- */

static Code read_addresses(Mail *mail, Error *error)
{
    const rung_notify_settings *settings = mail->settings;
    if (!mailbox_read(mail->arena, settings->from, &mail->from))
        return error_set(error, RUNG_CONFIG, "notify.mail.from is no address");
    if (settings->reply_to && !mailbox_read(mail->arena, settings->reply_to, &mail->reply_to))
        return error_set(error, RUNG_CONFIG, "notify.mail.reply_to is no address");
    if (!header_text(mail->arena, settings->app))
        return error_set(error, RUNG_CONFIG, "notify.app has control characters, or is long");
    return RUNG_OK;
}

Code mail_open(const rung_notify_settings *settings, atomic_bool *stop, Mail **ret_mail,
               Error *error)
{
    Arena *arena = arena_new();
    Mail *mail = arena_alloc(arena, sizeof *mail);
    *mail = (Mail){.settings = settings, .stop = stop, .arena = arena};
    Code code = read_addresses(mail, error);
    if (!code)
        code = mail_templates_read(arena, settings->templates, &mail->templates, error);
    if (code)
        arena_free(arena);
    else
        *ret_mail = mail;
    return code;
}

void mail_rest(Mail *mail)
{
    curl_easy_cleanup(mail->curl);
    mail->curl = NULL;
}

void mail_close(Mail *mail)
{
    if (!mail)
        return;
    mail_rest(mail);
    arena_free(mail->arena);
}

/* ---- listening ---- */

/* What we say: how far are we? */
static int hear_us(CURL *curl, curl_infotype type, char *data, size_t size, void *context)
{
    static const struct {
        const char *word;
        Stage stage;
    } words[] = {{"EHLO", STAGE_START},     {"HELO", STAGE_START}, {"MAIL", STAGE_SENDER},
                 {"RCPT", STAGE_RECIPIENT}, {"DATA", STAGE_DATA},  {"RSET", STAGE_START}};
    Mail *mail = context;
    for (size_t i = 0; type == CURLINFO_HEADER_OUT && size >= 4 && i < COUNT(words); i++)
        if (memcmp(data, words[i].word, 4) == 0)
            mail->stage = words[i].stage;
    if (type == CURLINFO_HEADER_OUT && size >= 4 && memcmp(data, "QUIT", 4) == 0)
        mail->over = true;
    return 0;
}

/* What the server says, line by line. */
static size_t hear_server(char *data, size_t size, size_t count, void *context)
{
    Mail *mail = context;
    size_t length = size * count, room = sizeof mail->answer - 1;
    size_t kept = length < room ? length : room;
    if (mail->over)
        return length;
    for (size_t i = 0; i < kept; i++)
        mail->answer[i] = (unsigned char)data[i] < ' ' || data[i] == 127 ? ' ' : data[i];
    while (kept && mail->answer[kept - 1] == ' ')
        kept--;
    mail->answer[kept] = '\0';
    mail->status = (int)strtol(mail->answer, NULL, 10);
    return length;
}

static size_t drop(char *data, size_t size, size_t count, void *context)
{
    return size * count;
}

/* ---- composing ---- */

typedef struct Letter {
    Arena *arena;
    const char *to;
    struct curl_slist *headers, *recipients;
    curl_mime *mime;
} Letter;

static void add_header(Letter *letter, const char *name, const char *value)
{
    struct curl_slist *list =
        curl_slist_append(letter->headers, arena_print(letter->arena, "%s: %s", name, value));
    letter->headers = list ? list : letter->headers;
}

/* Lines end with CR LF. */
static void add_part(Letter *letter, const char *type, const char *text)
{
    Text lines = TEXT_EMPTY;
    curl_mimepart *part = curl_mime_addpart(letter->mime);
    for (; *text; text++)
        if (*text == '\n')
            text_put(&lines, "\r\n");
        else if (*text != '\r')
            text_char(&lines, *text);
    curl_mime_data(part, text_string(&lines), lines.length);
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
    text_done(&lines);
}

static const char *fill(Arena *arena, const char *template, const MailValues *values, bool html)
{
    Text text = TEXT_EMPTY;
    template_fill(template, values->at, values->count, html, &text);
    return text_keep(&text, arena);
}

/* The same for each attempt: a receiver that has it already can tell. */
static const char *message_id(const Mail *mail, Arena *arena, const Value *message)
{
    const char *domain = mail->from.domain;
    for (const char *at = domain; *at; at++)
        if ((unsigned char)*at > 126)
            domain = "localhost";
    return arena_print(arena, "<%s@%s>", value_get_text(value_get(message, "message_id")), domain);
}

static bool compose(Mail *mail, Letter *letter, const Value *message, Delivery *delivery)
{
    Arena *arena = letter->arena;
    MailValues values;
    int64_t now = clock_wall_us() / 1000000;
    const MailTemplate *template =
        mail_template_find(&mail->templates, value_get_text(value_get(message, "event")));
    letter->to = value_get_text(value_get(message, "address"));
    delivery->final = true;
    if (!letter->to || !address_is_usable(letter->to) || !template) {
        delivery_fail(delivery, "no usable address", "the address cannot be used");
        return false;
    }
    mail_values(arena, mail->settings->app, message, now, &values);
    const char *subject = header_text(arena, fill(arena, template->subject, &values, false));
    if (!subject) {
        delivery_fail(delivery, "no usable subject",
                      "the subject line has a control character, or is too long");
        return false;
    }
    delivery->final = false;
    add_header(letter, "Date", header_date(arena, now));
    add_header(letter, "From", mailbox_print(arena, &mail->from));
    add_header(letter, "To", letter->to);
    if (mail->reply_to.address)
        add_header(letter, "Reply-To", mailbox_print(arena, &mail->reply_to));
    add_header(letter, "Subject", subject);
    add_header(letter, "Message-ID", message_id(mail, arena, message));
    add_header(letter, "Auto-Submitted", "auto-generated");
    add_header(letter, "Content-Type", "multipart/alternative");
    letter->mime = curl_mime_init(mail->curl);
    add_part(letter, "text/plain; charset=UTF-8", fill(arena, template->text, &values, false));
    if (template->html)
        add_part(letter, "text/html; charset=UTF-8", fill(arena, template->html, &values, true));
    letter->recipients = curl_slist_append(NULL, arena_print(arena, "<%s>", letter->to));
    return letter->headers && letter->recipients;
}

/* ---- sending ---- */

static void set_options(Mail *mail, const Letter *letter)
{
    const rung_notify_settings *settings = mail->settings;
    CURL *curl = mail->curl;
    curl_easy_reset(curl); /* connections stay */
    curl_easy_setopt(curl, CURLOPT_URL, settings->mail_url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings->mail_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(settings->tls_required ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (settings->ca)
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
    if (settings->username) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings->username);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, settings->password ? settings->password : "");
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM,
                     arena_print(letter->arena, "<%s>", mail->from.address));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, letter->recipients);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, letter->headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, letter->mime);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, hear_us);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, mail);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear_server);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, mail);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, mail->problem);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, transfer_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, mail->stop);
}

/* A refusal of this recipient or of this message is for good. One of the sender, of the password or
 * of everybody is about the configuration, which may be right again tomorrow. */
static void judge(const Mail *mail, CURLcode result, Delivery *delivery)
{
    char told[sizeof delivery->told];
    delivery->sent = result == CURLE_OK;
    if (delivery->sent)
        return;
    if (mail->status < 400) {
        delivery_fail(delivery, curl_easy_strerror(result), "%s",
                      *mail->problem ? mail->problem : curl_easy_strerror(result));
        return;
    }
    delivery->final = mail->status >= 500 && mail->stage >= STAGE_RECIPIENT;
    snprintf(told, sizeof told, "the server said %d", mail->status);
    delivery_fail(delivery, told, "%s", mail->answer);
}

void mail_send(Mail *mail, const Value *message, Delivery *ret_delivery)
{
    Letter letter = {.arena = arena_new()};
    Delivery delivery = {0};
    if (!mail->curl)
        mail->curl = curl_easy_init();
    mail->stage = STAGE_START;
    mail->over = false;
    mail->status = 0;
    mail->answer[0] = mail->problem[0] = '\0';
    if (!mail->curl)
        delivery_fail(&delivery, "no memory", "there is no memory for a connection");
    else if (compose(mail, &letter, message, &delivery)) {
        set_options(mail, &letter);
        judge(mail, curl_easy_perform(mail->curl), &delivery);
        if (!delivery.sent) /* the next one begins anew */
            mail_rest(mail);
    }
    curl_mime_free(letter.mime);
    curl_slist_free_all(letter.headers);
    curl_slist_free_all(letter.recipients);
    arena_free(letter.arena);
    *ret_delivery = delivery;
}
