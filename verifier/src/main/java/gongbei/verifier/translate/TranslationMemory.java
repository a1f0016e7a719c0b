package gongbei.verifier.translate;

import gongbei.codec.issue.CodeClaims;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.trust.SigningKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Remembers what came of codes, so that a code that is shown again gets the answer that it got,
 * without another write or receipt. A code is known by what its issuer signed, whatever else of its
 * text differs. The oldest answers are forgotten where there are too many. For one thread.
 */
final class TranslationMemory {
  private final Map<Asked, Answered> answers;

  /** A code and what is to be said of it: its fault, or null where it is translated. */
  record Asked(ByteBuffer source, TranslationFault fault) {
    static Asked of(Translation translation) {
      return new Asked(ByteBuffer.wrap(translation.source().identity()), translation.fault());
    }
  }

  private record Answered(TranslationResult crossing, SigningKey key) {}

  /**
   * @param capacity the most answers that are kept
   */
  TranslationMemory(int capacity) {
    answers =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Asked, Answered> eldest) {
            return size() > capacity;
          }
        };
  }

  /** Keeps an answer. */
  void remember(TranslationResult crossing, SigningKey key) {
    answers.put(Asked.of(crossing.translation()), new Answered(crossing, key));
  }

  /**
   * What the code was answered before, or null where it was not, where it would not be answered so
   * now, or where the code that was made of it has ended.
   *
   * @param again what comes of it now
   * @param key what codes are signed with now
   */
  TranslationResult recall(Translation again, SigningKey key, long nowEpochSeconds) {
    final Answered answered = answers.get(Asked.of(again));
    if (answered == null || !saysTheSame(again, answered.crossing().translation())) {
      return null;
    }
    return again.isTranslated()
            && (!answered.key().equals(key)
                || answered.crossing().translation().claims().expiresAtEpochSeconds()
                    <= nowEpochSeconds)
        ? null
        : answered.crossing();
  }

  /** Whether two translations of one code say the same, but for when they were made. */
  static boolean saysTheSame(Translation one, Translation other) {
    if (one.fault() != other.fault()
        || !Objects.equals(one.field(), other.field())
        || !Objects.equals(one.table(), other.table())
        || one.linked() != other.linked()) {
      return false;
    }
    if (!one.isTranslated()) {
      return true;
    }
    final CodeClaims claims = one.claims();
    final CodeClaims others = other.claims();
    return Arrays.equals(claims.subject(), others.subject())
        && claims.colour() == others.colour()
        && claims.result() == others.result()
        && claims.sampleEpochMinutes() == others.sampleEpochMinutes()
        && claims.doses() == others.doses();
  }
}
