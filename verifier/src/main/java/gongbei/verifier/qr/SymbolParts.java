package gongbei.verifier.qr;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Puts the parts of a message together that was cut into several QR symbols (structured append,
 * ISO/IEC 18004 §8): each says which of how many it is, and the parity of the whole message. A
 * message whose parity is another is none. Keeps what is missing parts for the next picture, up to
 * {@link PictureLimits#MAX_MESSAGES} messages. For one thread.
 */
public final class SymbolParts {
  private final List<Message> messages = new ArrayList<>();

  /** A message that is not whole yet. */
  private static final class Message {
    private final int parity;
    private final String[] parts;

    Message(int parity, int count) {
      this.parity = parity;
      this.parts = new String[count];
    }

    int present() {
      int present = 0;
      for (final String part : parts) {
        present += part == null ? 0 : 1;
      }
      return present;
    }
  }

  /**
   * Takes a part.
   *
   * @param sequence which of how many, as the symbol has it: from 0 on in the upper four bits, the
   *     last in the lower four
   * @param parity all bytes of the message, exclusively or-ed
   * @return the message, where this is the last of its parts; else null
   */
  String take(String text, int sequence, int parity) {
    final int index = sequence >> 4;
    final int count = (sequence & 0xF) + 1;
    if (index >= count) {
      return null;
    }
    final Message message = message(parity, count);
    message.parts[index] = text;
    if (message.present() < count) {
      return null;
    }
    messages.remove(message);
    final String whole = String.join("", message.parts);
    return parityOf(whole) == parity ? whole : null;
  }

  private Message message(int parity, int count) {
    for (final Message message : messages) {
      if (message.parity == parity && message.parts.length == count) {
        return message;
      }
    }
    if (messages.size() == PictureLimits.MAX_MESSAGES) {
      messages.remove(0);
    }
    final Message message = new Message(parity, count);
    messages.add(message);
    return message;
  }

  private static int parityOf(String text) {
    int parity = 0;
    for (final byte each : text.getBytes(StandardCharsets.UTF_8)) {
      parity ^= each;
    }
    return parity & 0xFF;
  }

  /** Whether a message is not whole. */
  public boolean isWaiting() {
    return !messages.isEmpty();
  }

  /** Forgets what is not whole, and says of each message how many of its parts are there. */
  public List<String> drop() {
    final List<String> dropped = new ArrayList<>();
    for (final Iterator<Message> each = messages.iterator(); each.hasNext(); ) {
      final Message message = each.next();
      dropped.add(
          "shows "
              + message.present()
              + " of "
              + message.parts.length
              + " symbols that make one code together");
      each.remove();
    }
    return dropped;
  }
}
