package gongbei.verifier.translate;

import gongbei.codec.translate.TranslationRequest;
import java.util.concurrent.CompletableFuture;

/** Makes codes of the other region into codes of this one. For any thread. */
public interface Translations {
  /** A node that translates nothing: every request fails as not offered. */
  Translations OFF =
      new Translations() {
        @Override
        public CompletableFuture<TranslationResult> translate(TranslationRequest request) {
          return CompletableFuture.failedFuture(
              new TranslationServiceException(
                  TranslationServiceException.Reason.NOT_OFFERED, "this node translates no codes"));
        }

        @Override
        public boolean isOffered() {
          return false;
        }
      };

  /**
   * Translates a code.
   *
   * @return completes with the new code or its fault; fails with {@link
   *     TranslationServiceException}
   */
  CompletableFuture<TranslationResult> translate(TranslationRequest request);

  /** Whether any code is translated. */
  default boolean isOffered() {
    return true;
  }
}
