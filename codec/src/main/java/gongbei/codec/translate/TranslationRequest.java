package gongbei.codec.translate;

import gongbei.codec.code.CodeText;

/**
 * A code to be translated.
 *
 * @param code its text in ASCII, borrowed
 * @param target the region that it is to become a code of, two letters
 * @param linkRequired whether a holder without a link is refused; else they become a visitor
 */
public record TranslationRequest(byte[] code, String target, boolean linkRequired) {
  /** Takes the code's own characters: a receipt names them, whatever a scanner put around. */
  public TranslationRequest {
    code = CodeText.of(code);
  }
}
