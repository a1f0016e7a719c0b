package gongbei.verifier.cli.input;

import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.TokenConfig;
import gongbei.verifier.token.SigningToken;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a command's private keys are: a directory of PEM files, or a token that a file names. */
public final class KeyPlace {
  private KeyPlace() {}

  /**
   * The keys of a place.
   *
   * @param place a directory of {@code *.pem}, or a file of YAML as {@link TokenConfig} has it
   */
  public static SigningKeys read(Path place) throws TrustException {
    if (!Files.isRegularFile(place)) {
      return SigningKeys.ofDirectory(place);
    }
    try {
      return new SigningKeys(SigningToken.keysOf(TokenConfig.read(place)));
    } catch (ConfigException e) {
      throw new TrustException(e.getMessage());
    } catch (TrustException e) {
      throw new TrustException(place + ": " + e.getMessage());
    }
  }
}
