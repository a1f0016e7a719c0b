package gongbei.verifier.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gongbei.verifier.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** That keys are read from their file as they were written, and found by their text alone. */
final class ApiKeyPropertyTest {
  private static final long LAST_SECOND = 253_402_300_799L;

  @Provide
  Arbitrary<List<ApiKey.Made>> keys() {
    final Arbitrary<String> names =
        Arbitraries.strings()
            .withCharRange(' ', '~')
            .ofMinLength(1)
            .ofMaxLength(64)
            .filter(name -> name.equals(name.strip()));
    final Arbitrary<Set<Role>> roles = Arbitraries.of(Role.class).set().ofMinSize(1);
    final Arbitrary<Instant> ends =
        Arbitraries.longs().between(0, LAST_SECOND).map(Instant::ofEpochSecond).injectNull(0.3);
    return Combinators.combine(names, roles, ends).as(ApiKey::make).list().ofMaxSize(4);
  }

  @Property(tries = 200)
  void aKeysLineSaysTheKey(@ForAll("keys") List<ApiKey.Made> keys) {
    for (final ApiKey.Made made : keys) {
      assertEquals(made.key(), ApiKey.parse(made.key().line()));
      assertEquals(made.key().id(), ApiKey.idIn(made.text()));
    }
  }

  @Property(tries = 30)
  void aFileKnowsTheKeysThatWereAddedAndNotTakenOut(@ForAll("keys") List<ApiKey.Made> keys)
      throws IOException, ConfigException {
    final Path directory = Files.createTempDirectory("keys");
    final Path file = directory.resolve("api.keys");
    try {
      final List<ApiKey> added = new ArrayList<>();
      for (final ApiKey.Made made : keys) {
        ApiKeys.add(file, made.key());
        added.add(made.key());
        assertEquals(added, ApiKeys.read(file));
      }
      if (!keys.isEmpty()) {
        ApiKeys.remove(file, keys.get(0).key().id());
        final ApiKeys known = ApiKeys.ofFile(file);
        assertNull(known.find(keys.get(0).text()));
        for (final ApiKey.Made made : keys.subList(1, keys.size())) {
          assertEquals(made.key(), known.find(made.text()));
          final String guess = made.text().substring(0, made.text().length() - 2) + "__";
          assertNull(known.find(guess.equals(made.text()) ? guess.replace("__", "--") : guess));
        }
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory.resolve("api.keys.lock"));
      Files.delete(directory);
    }
  }
}
