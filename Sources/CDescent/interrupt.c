// Ctrl-C during a training. The handler does what a handler may do: it sets a flag. It is installed while
// at least one training runs, and gone after the first signal (SA_RESETHAND), so that the second one kills.

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "CDescent.h"

static atomic_int pending;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int trainings;  // under the lock
static int installed;
static struct sigaction previous;

void cd_interrupt_note(void) { atomic_store_explicit(&pending, 1, memory_order_relaxed); }

static void note(int signal) {
    (void)signal;
    cd_interrupt_note();
}

void cd_interrupt_begin(void) {
    pthread_mutex_lock(&lock);
    if (trainings++ == 0) {
        atomic_store(&pending, 0);
        // What somebody has decided for the process stays: a program that ignores the signal, or handles it.
        if (sigaction(SIGINT, NULL, &previous) == 0 && previous.sa_handler == SIG_DFL
            && !(previous.sa_flags & SA_SIGINFO)) {
            struct sigaction action;
            memset(&action, 0, sizeof action);
            action.sa_handler = note;
            action.sa_flags = SA_RESETHAND | SA_RESTART;
            sigemptyset(&action.sa_mask);
            installed = sigaction(SIGINT, &action, NULL) == 0;
        }
    }
    pthread_mutex_unlock(&lock);
}

int cd_interrupt_pending(void) { return atomic_load_explicit(&pending, memory_order_relaxed); }

void cd_interrupt_end(void) {
    pthread_mutex_lock(&lock);
    if (--trainings == 0) {
        if (installed) sigaction(SIGINT, &previous, NULL);
        installed = 0;
        atomic_store(&pending, 0);
    }
    pthread_mutex_unlock(&lock);
}
