/* What systemd wants to know: sd_notify(3), without its library. */
#ifndef SERVE_SYSTEMD_H
#define SERVE_SYSTEMD_H

#include "base/base.h"

/* Sends "READY=1\nSTATUS=..." to NOTIFY_SOCKET; nothing without one. */
void systemd_tell(const char *state);

/* RELOADING=1 with the time, as Type=notify-reload wants it. */
void systemd_reloading(void);

/* How often WATCHDOG=1 has to be sent, in microseconds; 0: never. */
int64_t systemd_watchdog_us(void);

#endif
