package svc.service;

/**
 * The text of one declaration file.
 *
 * @param service the service's name, which is the file's name without {@code .ini}
 * @param file as it is to be named to people
 * @param text all of it
 */
public record Source(String service, String file, String text) {}
