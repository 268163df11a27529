package svc.os;

/**
 * What reading a file gave.
 *
 * @param bytes empty unless the errno is {@link Errno#OK}
 */
public record Content(byte[] bytes, Errno errno) {}
