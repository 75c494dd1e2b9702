/* Files are checked here, on OpenSSL, because libmicrohttpd does not say what is wrong with them.
 */
#include "serve/tls.h"
#include "base/crypto.h"
#include "base/file.h"

#include <gnutls/gnutls.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

enum { PEM_LIMIT = 256 * 1024 };

static Code wrong(Error *error, const char *path, const char *what, const char *hint)
{
    ERR_clear_error();
    error_at(error, RUNG_CONFIG, path, 0, "%s %s", path, what);
    return error_hint(error, "%s", hint);
}

static int no_password(char *buffer, int size, int writing, void *context)
{
    return -1;
}

static BIO *open_text(const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    if (!bio)
        arena_exhausted();
    return bio;
}

/* All certificates of a file: how many, and the first. The caller frees that. */
static int read_certificates(const char *text, X509 **ret_first)
{
    BIO *bio = open_text(text);
    X509 *certificate;
    int count = 0;
    while ((certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL)) != NULL)
        if (!count++)
            *ret_first = certificate;
        else
            X509_free(certificate);
    BIO_free(bio);
    ERR_clear_error();
    return count;
}

static const char *judge_times(Arena *arena, const char *path, const X509 *certificate)
{
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        return arena_print(arena, "the certificate in %s has expired: clients will refuse it",
                           path);
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
        return arena_print(arena, "the certificate in %s is not valid yet: clients will refuse it",
                           path);
    return NULL;
}

static const char *judge_mode(Arena *arena, const char *path)
{
    struct stat about;
    bool open = stat(path, &about) == 0 && (about.st_mode & S_IROTH) != 0;
    return open ? arena_print(arena, "everybody on this machine can read the key in %s", path)
                : NULL;
}

/* The key goes with the first certificate of its file. */
static Code check_pair(Arena *arena, const rung_serve_settings *settings, Tls *tls, Error *error)
{
    X509 *certificate = NULL;
    Code code = RUNG_OK;
    BIO *bio = open_text(tls->key);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    BIO_free(bio);
    if (!read_certificates(tls->certificate, &certificate))
        code = wrong(error, settings->tls_certificate, "has no certificate in PEM",
                     "it begins with -----BEGIN CERTIFICATE-----");
    else if (!key)
        code = wrong(error, settings->tls_key, "has no private key in PEM that can be read",
                     "it has no password; `openssl pkey -in KEY -out FILE` takes one off");
    else if (X509_check_private_key(certificate, key) != 1)
        code = wrong(error, settings->tls_key,
                     arena_print(arena, "is not the key of the certificate in %s",
                                 settings->tls_certificate),
                     "the certificate itself stands first in its file, before those that signed "
                     "it");
    else {
        tls->warning = judge_times(arena, settings->tls_certificate, certificate);
        if (!tls->warning)
            tls->warning = judge_mode(arena, settings->tls_key);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return code;
}

static Code check_roots(const rung_serve_settings *settings, const Tls *tls, Error *error)
{
    X509 *first = NULL;
    int count = tls->client_ca ? read_certificates(tls->client_ca, &first) : 1;
    X509_free(first);
    return count ? RUNG_OK
                 : wrong(error, settings->tls_client_ca, "has no certificate in PEM",
                         "it begins with -----BEGIN CERTIFICATE-----");
}

static Code read_text(Arena *arena, const char *path, const char **ret_text, Error *error)
{
    char *data;
    size_t length;
    Code code = path ? file_read(arena, path, PEM_LIMIT, &data, &length, error) : RUNG_OK;
    if (!code)
        *ret_text = path ? data : NULL;
    return code;
}

Code tls_read(Arena *arena, const rung_serve_settings *settings, Tls **ret_tls, Error *error)
{
    Tls *tls = arena_alloc(arena, sizeof *tls);
    *ret_tls = NULL;
    if (!settings->tls_certificate)
        return RUNG_OK;
    *tls = (Tls){0};
    Code code = read_text(arena, settings->tls_certificate, &tls->certificate, error);
    if (!code)
        code = read_text(arena, settings->tls_key, &tls->key, error);
    if (!code)
        code = read_text(arena, settings->tls_client_ca, &tls->client_ca, error);
    if (!code)
        code = check_pair(arena, settings, tls, error);
    if (!code)
        code = check_roots(settings, tls, error);
    if (!code)
        *ret_tls = tls;
    return code;
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

bool tls_is_same(const Tls *a, const Tls *b)
{
    if (!a || !b)
        return !a && !b;
    return is_same_text(a->certificate, b->certificate) && is_same_text(a->key, b->key) &&
           is_same_text(a->client_ca, b->client_ca);
}

bool tls_client_is_right(void *session)
{
    unsigned status = 0;
    return gnutls_certificate_verify_peers2(session, &status) == GNUTLS_E_SUCCESS && !status;
}
