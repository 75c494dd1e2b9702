/* A schema as a folder: a file for each object with all that belongs to it. */
#ifndef REPORT_FOLDER_H
#define REPORT_FOLDER_H

#include "plan/plan.h"

typedef struct FolderFile {
    const char *path; /* below the folder: "tables/public.users.sql" */
    Text text;        /* on the heap */
} FolderFile;
typedef VEC(FolderFile) FolderFiles;

/* The files of a plan from nothing, the first being index.sql: it names the others, in the order in
 * which they load, as psql (\ir) or sqlite3 (.read) includes them. What a circle of needs keeps
 * from standing in its object's file stands in later.sql. The list is in the plan's arena. */
void report_folder(const Plan *plan, FolderFiles *ret_files);

#endif
