package svc.type;

/**
 * A socket that is opened before a service's program is started and handed to it
 * (sd_listen_fds(3)).
 *
 * @param address as {@link svc.service.Kind#ADDRESS} has it
 * @param mode of a Unix socket's file, as in chmod(2); no meaning for others
 * @param backlog how many connections wait to be accepted (listen(2)); no meaning for datagrams
 */
public record Listener(String address, int mode, int backlog) {}
