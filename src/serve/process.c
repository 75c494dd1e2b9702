/* What the kernel knows of this process (proc(5)). */
#include "serve/count.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

/* Fields of /proc/self/stat, counted from the third one, behind the name in parentheses. */
enum {
    FIELD_USER = 11,
    FIELD_SYSTEM = 12,
    FIELD_START = 19,
    FIELD_VIRTUAL = 20,
    FIELD_RESIDENT = 21
};

static bool read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, size - 1, file) : 0;
    if (file)
        fclose(file);
    text[length] = '\0';
    return length > 0;
}

static int64_t field(const char *stat, int index)
{
    for (int i = 0; i < index && stat; i++) {
        stat = strchr(stat, ' ');
        stat = stat ? stat + 1 : NULL;
    }
    return stat ? strtoll(stat, NULL, 10) : 0;
}

static int64_t boot_time(void)
{
    char text[65536]; /* a line for each processor and interrupt comes first */
    const char *line = read_text("/proc/stat", text, sizeof text) ? strstr(text, "\nbtime ") : NULL;
    return line ? strtoll(line + 7, NULL, 10) : 0;
}

static int64_t open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = -3; /* ".", ".." and the folder's own */
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count < 0 ? 0 : count;
}

void process_put(Text *text)
{
    char stat[1024];
    struct rlimit files = {0};
    int64_t ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
    const char *rest = read_text("/proc/self/stat", stat, sizeof stat) ? strrchr(stat, ')') : NULL;
    if (!rest || ticks <= 0)
        return;
    rest += 2;
    int64_t cpu = (field(rest, FIELD_USER) + field(rest, FIELD_SYSTEM)) * 100 / ticks;
    int64_t start = field(rest, FIELD_START) * 100 / ticks;
    metric_head(text, "process_cpu_seconds_total", "counter", "User and system CPU time.");
    text_print(text, "process_cpu_seconds_total %lld.%02lld\n", (long long)(cpu / 100),
               (long long)(cpu % 100));
    metric_head(text, "process_start_time_seconds", "gauge", "When the process began.");
    int64_t seconds = boot_time() + start / 100;
    text_print(text, "process_start_time_seconds %lld.%02lld\n", (long long)seconds,
               (long long)(start % 100));
    metric_number(text, "process_resident_memory_bytes", "gauge", "Memory that is in use.",
                  field(rest, FIELD_RESIDENT) * page);
    metric_number(text, "process_virtual_memory_bytes", "gauge", "Address space.",
                  field(rest, FIELD_VIRTUAL));
    metric_number(text, "process_open_fds", "gauge", "Files and sockets that are open.",
                  open_files());
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        metric_number(text, "process_max_fds", "gauge", "How many may be open.",
                      (int64_t)files.rlim_cur);
}
