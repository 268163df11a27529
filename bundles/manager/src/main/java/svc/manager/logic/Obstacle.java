package svc.manager.logic;

/** Another service that stands in the way of a goal. */
record Obstacle(Node node, Relation relation) {

  /** How it does. */
  enum Relation {
    /** It is required and not up. */
    REQUIRED,
    /** It goes first. */
    AFTER,
    /** It conflicts and runs. */
    CONFLICT,
    /** It is ordered after the one that is to go down, and has to be down before. */
    DEPENDENT,
    /** It follows the one that is to go down for a while, and has to be down before. */
    FOLLOWER
  }
}
