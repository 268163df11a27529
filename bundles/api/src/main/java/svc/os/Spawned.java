package svc.os;

/** What became of a {@link Spawn}. */
public sealed interface Spawned {

  /**
   * It runs.
   *
   * @param pid its process id
   */
  record Child(int pid) implements Spawned {}

  /**
   * It does not.
   *
   * @param stage the step that failed
   * @param subject what the stage was about: the user's name, the directory, the program
   * @param errno why
   */
  record Failure(Stage stage, String subject, Errno errno) implements Spawned {
    @Override
    public String toString() {
      return stage.text() + " " + subject + ": " + errno;
    }
  }

  /** Which step of starting a process failed, in the order they are taken. */
  enum Stage {
    /** Looking its user up. */
    USER("find user"),
    /** Changing to it, which only root may (credentials(7)). */
    BECOME("become"),
    /** Making what has to be there first. */
    PREPARE("make directory"),
    /** Reading an environment file. */
    ENVIRONMENT("read environment file"),
    /** chroot(2). */
    ROOT("enter root directory"),
    /** chdir(2). */
    DIRECTORY("enter directory"),
    /** Opening descriptor 0. */
    INPUT("open input"),
    /** Opening descriptor 1 or 2. */
    OUTPUT("open output"),
    /** Making a device its controlling terminal. */
    TERMINAL("take terminal"),
    /** setrlimit(2). */
    LIMIT("set limit"),
    /** setpriority(2). */
    NICE("set nice to"),
    /** proc(5), oom_score_adj. */
    OOM_SCORE_ADJUST("set oom-score-adj to"),
    /** sched_setaffinity(2). */
    PROCESSORS("set cpu-affinity to"),
    /** execve(2). */
    EXEC("execute"),
    /** fork(2): there are too many processes, or too little memory. */
    FORK("create a process for");

    private final String text;

    Stage(String text) {
      this.text = text;
    }

    /** {@return the step as a sentence begins: {@code open input}} */
    public String text() {
      return text;
    }
  }
}
