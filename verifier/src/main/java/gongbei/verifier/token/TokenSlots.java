package gongbei.verifier.token;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import gongbei.codec.trust.TrustException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The slots of a PKCS#11 library and the labels of the tokens in them, which the JDK's provider,
 * knowing slots by their numbers alone, does not tell. For one thread.
 */
final class TokenSlots {
  private static final long CKR_OK = 0;
  private static final long CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;
  private static final long CKF_OS_LOCKING_OK = 2;
  private static final int MAX_SLOTS = 1_024;

  /** More than a {@code CK_TOKEN_INFO} takes on any machine; its label comes first. */
  private static final int TOKEN_INFO_BYTES = 1_024;

  private static final int LABEL_BYTES = 32;

  private final NativeLibrary library;
  private final Path file;

  private TokenSlots(NativeLibrary library, Path file) {
    this.library = library;
    this.file = file;
  }

  /**
   * Loads a library.
   *
   * @throws TrustException when there is none, or it is not of PKCS#11; the message begins with the
   *     setting's name
   */
  static TokenSlots of(Path file) throws TrustException {
    if (!Files.isRegularFile(file)) {
      throw new TrustException("library " + file + " does not exist");
    }
    final TokenSlots slots;
    try {
      slots = new TokenSlots(NativeLibrary.getInstance(file.toString()), file);
    } catch (UnsatisfiedLinkError e) {
      throw new TrustException("library " + file + " can't be loaded");
    }
    slots.initialize();
    return slots;
  }

  private Function function(String name) throws TrustException {
    try {
      return library.getFunction(name);
    } catch (UnsatisfiedLinkError e) {
      throw new TrustException("library " + file + " is not of PKCS#11: it has no " + name);
    }
  }

  private void call(String name, Object... arguments) throws TrustException {
    final long result =
        ((NativeLong) function(name).invoke(NativeLong.class, arguments)).longValue();
    if (result != CKR_OK && result != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
      throw new TrustException(
          "library " + file + " answers " + name + " with 0x" + Long.toHexString(result));
    }
  }

  /** With locks of the operating system, since many threads sign. */
  private void initialize() throws TrustException {
    final int flagsOffset = 4 * Native.POINTER_SIZE;
    final Memory arguments = new Memory(6L * Native.POINTER_SIZE);
    arguments.clear();
    arguments.setNativeLong(flagsOffset, new NativeLong(CKF_OS_LOCKING_OK));
    call("C_Initialize", arguments);
  }

  /** The labels of the tokens, by the place of their slots in the list; null where no token is. */
  List<String> labels() throws TrustException {
    final NativeLongByReference count = new NativeLongByReference();
    call("C_GetSlotList", (byte) 0, Pointer.NULL, count);
    final int slots = (int) Math.min(MAX_SLOTS, count.getValue().longValue());
    final List<String> labels = new ArrayList<>();
    if (slots == 0) {
      return labels;
    }
    final Memory list = new Memory((long) MAX_SLOTS * NativeLong.SIZE);
    count.setValue(new NativeLong(MAX_SLOTS));
    call("C_GetSlotList", (byte) 0, list, count);
    for (int i = 0; i < count.getValue().intValue(); i++) {
      labels.add(label(list.getNativeLong((long) i * NativeLong.SIZE)));
    }
    return labels;
  }

  private String label(NativeLong slot) throws TrustException {
    final Memory info = new Memory(TOKEN_INFO_BYTES);
    info.clear();
    final NativeLong result =
        (NativeLong) function("C_GetTokenInfo").invoke(NativeLong.class, new Object[] {slot, info});
    return result.longValue() == CKR_OK
        ? new String(info.getByteArray(0, LABEL_BYTES), StandardCharsets.UTF_8).strip()
        : null;
  }
}
