package svc.ipc;

import svc.nv.NvList;
import svc.nv.NvType;

/**
 * A list seen as a message.
 *
 * @param id of the request; its replies have the same
 * @param method one of {@link Method}, or a word that is none
 * @param reply whether it is one
 * @param error why it is refused, or {@link ErrorCode#INVALID} for an envelope that is not complete
 * @param list all of it, the envelope included
 */
public record Message(long id, String method, boolean reply, ErrorCode error, NvList list) {

  private static final String VERSION = "ipc:version";
  private static final String ID = "ipc:id";
  private static final String METHOD = "ipc:method";
  private static final String REPLY = "ipc:reply";
  private static final String ERROR_CODE = "ipc:error_code";
  private static final String ERROR_TEXT = "ipc:error_text";

  /**
   * Reads the envelope. One that is not complete gives a message with {@link ErrorCode#INVALID};
   * other pairs are not looked at.
   *
   * @param list any list
   * @return the message
   */
  public static Message of(NvList list) {
    ErrorCode error = complete(list) ? ErrorCode.of(list.number(ERROR_CODE, 0)) : ErrorCode.INVALID;
    return new Message(
        list.number(ID, 0), list.string(METHOD, ""), list.bool(REPLY, false), error, list);
  }

  /**
   * Starts a request; the caller adds the body.
   *
   * @param id chosen by who asks, and in the reply again
   * @param method one of {@link Method}
   * @return a builder with its envelope
   */
  public static NvList.Builder request(long id, String method) {
    return envelope(id, method, false);
  }

  /**
   * Starts the reply to this request; the caller adds the body.
   *
   * @return a builder with its envelope
   */
  public NvList.Builder answer() {
    return envelope(id, method, true);
  }

  /**
   * The reply that refuses this request.
   *
   * @param code why
   * @param text for people
   * @return the reply
   */
  public NvList refusal(ErrorCode code, String text) {
    return answer().number(ERROR_CODE, code.number()).string(ERROR_TEXT, text).build();
  }

  /**
   * The reply to this request that has no body.
   *
   * @param code OK, or why it is refused
   * @param text for people, where it is
   * @return the reply
   */
  public NvList outcome(ErrorCode code, String text) {
    return code == ErrorCode.OK ? answer().build() : refusal(code, text);
  }

  /**
   * The reply to what is no request: its envelope is not complete, or it is a reply or an error
   * itself.
   *
   * @return the refusal; null for a request
   */
  public NvList misuse() {
    if (!complete(list)) return refusal(ErrorCode.INVALID, "the envelope is not complete");
    if (reply) return refusal(ErrorCode.IS_REPLY, "a reply, where a request was expected");
    return ok() ? null : refusal(ErrorCode.INVALID, "an error, where a request was expected");
  }

  /** {@return whether it is well-formed and no error reply} */
  public boolean ok() {
    return error == ErrorCode.OK;
  }

  /** {@return what an error reply says, or empty} */
  public String errorText() {
    return list.string(ERROR_TEXT, "");
  }

  private static NvList.Builder envelope(long id, String method, boolean reply) {
    return NvList.builder()
        .number(VERSION, 1)
        .number(ID, id)
        .string(METHOD, method)
        .bool(REPLY, reply);
  }

  private static boolean complete(NvList list) {
    return list.typeOf(VERSION) == NvType.NUMBER
        && list.typeOf(ID) == NvType.NUMBER
        && list.typeOf(METHOD) == NvType.STRING
        && list.typeOf(REPLY) == NvType.BOOL;
  }
}
