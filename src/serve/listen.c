/* Addresses and their sockets; socket activation as sd_listen_fds(3) describes it. */
#include "serve/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, FIRST_GIVEN = 3 };

static Code wrong_address(const char *setting, const char *text, const char *why, Error *error)
{
    error_set(error, RUNG_CONFIG, "%s \"%s\": %s", setting, text, why);
    return error_hint(error, "127.0.0.1:8000, or [::1]:8000");
}

static Code read_address(const char *setting, const char *text, struct addrinfo **ret_found,
                         Error *error)
{
    const char *colon = strrchr(text, ':');
    char host[LISTEN_HOST_SIZE];
    size_t length = colon ? (size_t)(colon - text) : 0;
    bool brackets = length > 2 && text[0] == '[' && text[length - 1] == ']';
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    if (!length || length >= sizeof host || !colon[1])
        return wrong_address(setting, text, "it is no ADDRESS:PORT", error);
    snprintf(host, sizeof host, "%.*s", (int)(brackets ? length - 2 : length),
             brackets ? text + 1 : text);
    int failure = getaddrinfo(host, colon + 1, &hints, ret_found);
    return failure ? wrong_address(setting, text, gai_strerror(failure), error) : RUNG_OK;
}

static int open_socket(const struct addrinfo *at)
{
    const int on = 1;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    const void *any = address;
    if (address->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)any)->sin6_addr);
    return address->ss_family == AF_UNIX ||
           ntohl(((const struct sockaddr_in *)any)->sin_addr.s_addr) >> 24 == 127;
}

/* What the socket is bound to. */
static void describe(Listen *listen)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    char host[LISTEN_HOST_SIZE - 2] = "", port[16] = "";
    getsockname(listen->fd, (struct sockaddr *)(void *)&address, &length);
    getnameinfo((const struct sockaddr *)(const void *)&address, length, host, sizeof host, port,
                sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    listen->six = address.ss_family == AF_INET6;
    listen->open = !is_loopback(&address);
    listen->port = (int)strtol(port, NULL, 10);
    snprintf(listen->host, sizeof listen->host, listen->six ? "[%s]" : "%s", host);
}

Code listen_open(const char *setting, const char *text, Listen *ret_listen, Error *error)
{
    struct addrinfo *found = NULL;
    Code code = read_address(setting, text, &found, error);
    if (code)
        return code;
    Listen listen = {.fd = open_socket(found)};
    int failure = errno;
    freeaddrinfo(found);
    if (listen.fd < 0) {
        error_set(error, RUNG_FILE, "it cannot listen on %s: %s", text, strerror(failure));
        return error_hint(error, "%s names another address or port", setting);
    }
    describe(&listen);
    *ret_listen = listen;
    return RUNG_OK;
}

bool listen_take(Listen *ret_listen)
{
    const char *count = getenv("LISTEN_FDS"), *process = getenv("LISTEN_PID");
    bool ours = count && process && strtol(count, NULL, 10) > 0 &&
                strtol(process, NULL, 10) == (long)getpid();
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDNAMES");
    if (!ours)
        return false;
    Listen listen = {.fd = FIRST_GIVEN, .given = true};
    fcntl(listen.fd, F_SETFD, FD_CLOEXEC);
    fcntl(listen.fd, F_SETFL, fcntl(listen.fd, F_GETFL) | O_NONBLOCK);
    describe(&listen);
    *ret_listen = listen;
    return true;
}

void listen_shut(Listen *listen)
{
    if (listen->fd >= 0 && !listen->given)
        shutdown(listen->fd, SHUT_RDWR);
}

void listen_close(Listen *listen)
{
    if (listen->fd >= 0)
        close(listen->fd);
    listen->fd = -1;
}
