/* rung: database changes that can be proved and undone. */
#include "cli/program.h"

int main(int count, char **words)
{
    return program_run(count, words);
}
