package svc.os;

/**
 * What reading a file gave.
 *
 * @param bytes empty unless the errno is {@link Errno#OK}
 * @param errno why it could not be read
 */
public record Content(byte[] bytes, Errno errno) {}
