package svc.manager.logic;

/** What a condition may ask of the machine. What cannot be looked at is not there. */
public interface World {

  /**
   * @param path an absolute path
   * @return whether there is something, whatever it is
   */
  boolean exists(String path);

  /**
   * @param path an absolute path
   * @return whether it is a directory with something in it
   */
  boolean holdsSomething(String path);

  /**
   * @param path of a small file, or of a link to what is no file
   * @return all of it, or the link's target; empty when it cannot be read
   */
  String text(String path);

  /**
   * @param name of a variable of the manager's environment
   * @return its value, or null
   */
  String variable(String name);

  /** {@return the processor, as Java names it} */
  String architecture();
}
