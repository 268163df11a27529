package svc.os;

/**
 * What opening something gave.
 *
 * @param descriptor its number in our process, or -1
 * @param errno why there is none, or {@link Errno#OK}
 */
public record Opened(int descriptor, Errno errno) {}
