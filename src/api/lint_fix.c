/* lint --fix. */
#include "api/lint.h"

Code lint_fix_all(LintJob *job, Error *error)
{
    return RUNG_OK;
}
