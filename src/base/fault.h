/* Places where a test may stop the process dead. They are nothing unless the build option `faults`
 * is set.
 *
 * The environment of such a build:
 *   RUNG_FAULT_AT=N[,N…]  at the N-th point that is passed, counted from 1, the process stops
 *   RUNG_FAULT_ACTION     kill (SIGKILL, the default) or stop (SIGSTOP)
 *   RUNG_FAULT_COUNT=FILE at exit, the number of points that were passed is written there */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#ifdef RUNG_FAULTS
void fault_point(void);
#define FAULT_POINT() fault_point()
#else
#define FAULT_POINT() ((void)0)
#endif

#endif
