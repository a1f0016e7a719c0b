package gongbei.verifier.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** That generated codecs find in it what they find in Agrona's own buffer. */
final class ArrayBufferTest {
  private static final int BYTES = 64;
  private static final int ROUNDS = 200;

  /** What one call came to. */
  private static String called(Method method, MutableDirectBuffer buffer, Object[] arguments)
      throws IllegalAccessException {
    try {
      return String.valueOf(method.invoke(buffer, arguments));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IndexOutOfBoundsException) {
        return "out of bounds";
      }
      return e.getCause().getClass().getSimpleName();
    }
  }

  private static Object argument(Class<?> type, Random random) {
    if (type == int.class) {
      return random.nextInt(BYTES + 16) - 8;
    } else if (type == long.class) {
      return random.nextLong();
    } else if (type == short.class) {
      return (short) random.nextInt();
    } else if (type == byte.class) {
      return (byte) random.nextInt();
    } else if (type == char.class) {
      return (char) random.nextInt();
    } else if (type == double.class) {
      return random.nextDouble();
    } else if (type == float.class) {
      return random.nextFloat();
    } else if (type == ByteOrder.class) {
      return random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    } else if (type == String.class || type == CharSequence.class) {
      final StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append((char) random.nextInt(i == 3 ? 0x300 : 0x80));
      }
      return text.toString();
    } else if (type == byte[].class) {
      final byte[] bytes = new byte[random.nextInt(BYTES)];
      random.nextBytes(bytes);
      return bytes;
    } else if (type == Appendable.class) {
      return new StringWriter();
    } else if (type == MutableDirectBuffer.class || type == DirectBuffer.class) {
      final byte[] bytes = new byte[BYTES];
      random.nextBytes(bytes);
      return new UnsafeBuffer(bytes);
    }
    return null;
  }

  private static Object copyOf(Object argument) {
    if (argument instanceof byte[] bytes) {
      return bytes.clone();
    } else if (argument instanceof StringWriter) {
      return new StringWriter();
    } else if (argument instanceof UnsafeBuffer buffer) {
      return new UnsafeBuffer(buffer.byteArray().clone());
    }
    return argument;
  }

  @Test
  void itDoesWhatAgronasBufferDoesWithinBoundsAndRefusesWhatIsBeyond() throws Exception {
    final Random random = Seeds.random(1);
    final Set<String> tried = new TreeSet<>();
    final Set<String> refused = new TreeSet<>();
    for (final Method method : MutableDirectBuffer.class.getMethods()) {
      final String name = method.getName();
      if (name.equals("wrap") || name.equals("compareTo") || name.equals("checkLimit")) {
        continue;
      }
      for (int round = 0; round < ROUNDS; round++) {
        final byte[] mine = new byte[BYTES];
        random.nextBytes(mine);
        final byte[] agronas = mine.clone();
        final Object[] arguments = new Object[method.getParameterCount()];
        final Object[] same = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
          arguments[i] = argument(method.getParameterTypes()[i], random);
          same[i] = copyOf(arguments[i]);
        }
        final String answer = called(method, new ArrayBuffer(mine), arguments);
        if (answer.equals("UnsupportedOperationException")) {
          refused.add(name);
          break;
        }
        if (name.equals("byteArray") || name.equals("byteBuffer")) {
          break;
        }
        final String expected = called(method, new UnsafeBuffer(agronas), same);
        tried.add(name);
        if (expected.equals("wrapAdjustment")) {
          continue;
        }
        assertEquals(expected, answer, method + " " + java.util.Arrays.toString(arguments));
        if (!answer.equals("out of bounds")) {
          assertArrayEquals(agronas, mine, method.toString());
          for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof byte[] bytes) {
              assertArrayEquals((byte[]) same[i], bytes, method.toString());
            } else if (arguments[i] instanceof StringWriter text) {
              assertEquals(same[i].toString(), text.toString(), method.toString());
            } else if (arguments[i] instanceof UnsafeBuffer buffer) {
              assertArrayEquals(
                  ((UnsafeBuffer) same[i]).byteArray(), buffer.byteArray(), method.toString());
            }
          }
        }
      }
    }
    assertTrue(tried.containsAll(Set.of("getLong", "putStringWithoutLengthAscii", "putBytes")));
    assertTrue(
        refused.stream()
            .allMatch(
                name ->
                    name.contains("Ascii")
                        || name.contains("Utf8")
                        || name.equals("addressOffset")
                        || name.equals("getBytes")
                        || name.equals("putBytes")),
        refused.toString());
  }

  @Test
  void whatWrapsAPartOfAnotherSharesItsBytes() {
    final byte[] bytes = new byte[BYTES];
    final ArrayBuffer whole = new ArrayBuffer(bytes);
    final ArrayBuffer part = new ArrayBuffer(new byte[0]);
    part.wrap(whole, 8, 16);
    part.putInt(12, 0x01020304, ByteOrder.BIG_ENDIAN);
    assertEquals(0x01020304, whole.getInt(20, ByteOrder.BIG_ENDIAN));
    assertThrows(IndexOutOfBoundsException.class, () -> part.getInt(13));
    assertThrows(IndexOutOfBoundsException.class, () -> part.wrap(whole, 60, 5));
    part.wrap(ByteBuffer.wrap(bytes, 4, 8).slice());
    part.putByte(0, (byte) 7);
    assertEquals(7, bytes[4]);
    final ArrayBuffer shorter = new ArrayBuffer(new byte[] {1, 2});
    assertTrue(shorter.compareTo(new ArrayBuffer(new byte[] {1, 2, 0})) < 0);
    assertTrue(shorter.compareTo(new ArrayBuffer(new byte[] {1, (byte) 0x80})) < 0);
    assertEquals(shorter, new ArrayBuffer(new byte[] {1, 2}));
  }
}
