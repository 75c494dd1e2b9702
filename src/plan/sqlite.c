/* SQLite: from two catalogs to ordered statements. */
#include "plan/plan.h"

Code plan_sqlite(Plan *plan, Catalog *from, Catalog *to, const PlanOptions *options,
                     Error *error)
{
    return error_set(error, RUNG_UNSUPPORTED, "not yet");
}
