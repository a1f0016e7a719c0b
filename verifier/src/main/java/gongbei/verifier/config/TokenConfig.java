package gongbei.verifier.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A token, such as a hardware security module, that holds private keys and signs by them (PKCS#11
 * v2.40). What opens it is never in a configuration, but in a file or a variable that this names.
 *
 * @param library the token's PKCS#11 library, a shared object
 * @param token the token's label
 * @param keys labels of its private keys of P-256, each with a certificate of the same identifier
 *     ({@code CKA_ID}) beside it
 * @param pinFile holds the PIN, which a line's end may follow
 * @param pinVariable the environment's variable that holds the PIN, where there is no file
 */
public record TokenConfig(
    Path library, String token, List<String> keys, Path pinFile, String pinVariable) {
  public TokenConfig {
    if (library == null) {
      throw new IllegalArgumentException("library is missing");
    }
    if (token == null || token.isBlank()) {
      throw new IllegalArgumentException("token is missing");
    }
    if (token.length() > Limits.MAX_TOKEN_LABEL_CHARACTERS) {
      throw new IllegalArgumentException(
          "token is longer than " + Limits.MAX_TOKEN_LABEL_CHARACTERS + " characters");
    }
    keys = keys == null ? List.of() : List.copyOf(keys);
    if (keys.size() > Limits.MAX_TOKEN_KEYS) {
      throw new IllegalArgumentException("keys are more than " + Limits.MAX_TOKEN_KEYS);
    }
    if ((pinFile == null) == (pinVariable == null)) {
      throw new IllegalArgumentException(
          pinFile == null
              ? "pinFile is missing, and so is pinVariable: one of them says where the PIN is"
              : "pinFile and pinVariable are both there: one of them says where the PIN is");
    }
  }

  /** Reads a YAML file of these settings alone; paths in it are relative to its directory. */
  public static TokenConfig read(Path file) throws ConfigException {
    final TokenConfig read = ConfigFile.read(file, TokenConfig.class);
    if (read == null) {
      throw new ConfigException(file + ": library is missing");
    }
    return read.resolvedAgainst(file.toAbsolutePath().getParent());
  }

  TokenConfig resolvedAgainst(Path base) {
    return new TokenConfig(
        NodeConfig.resolve(base, library),
        token,
        keys,
        NodeConfig.resolve(base, pinFile),
        pinVariable);
  }
}
