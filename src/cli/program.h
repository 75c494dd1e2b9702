/* The program from its first line to its exit status. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

int program_run(int count, char **words);

#endif
