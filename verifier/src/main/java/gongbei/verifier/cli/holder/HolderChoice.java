package gongbei.verifier.cli.holder;

import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustException;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * The options that say which holder: by their subject, or by a document and the region's secret.
 */
final class HolderChoice {
  @ArgGroup(multiplicity = "1")
  private Choice choice;

  private static final class Choice {
    @Option(
        names = "--subject",
        paramLabel = "HEX",
        required = true,
        description = "The holder's subject, 32 hexadecimal digits.")
    private String subject;

    @ArgGroup(exclusive = false)
    private Document document;
  }

  private static final class Document {
    @Option(
        names = "--document-type",
        paramLabel = "TYPE",
        required = true,
        description = "mainland-id, home-return-permit, exit-entry-permit, macau-bir or passport.")
    private DocumentType type;

    @Option(
        names = "--document-number",
        paramLabel = "NUMBER",
        required = true,
        interactive = true,
        arity = "0..1",
        description =
            "Its number; neither printed nor stored; without a value the command "
                + "prompts for it.")
    private char[] number;

    @Option(
        names = "--secret",
        paramLabel = "FILE",
        required = true,
        description = "The region's secret, from which the document's subject is derived.")
    private Path secret;
  }

  /** The holder's subject. */
  Subject subject() {
    if (choice.subject != null) {
      try {
        return Subject.ofHex(choice.subject);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage("--subject is not 32 hexadecimal digits");
      }
    }
    try {
      final String number = new String(choice.document.number);
      SubjectRows.requireNumber(number);
      return Subject.of(
          SubjectSecret.read(choice.document.secret).subject(choice.document.type, number), 0);
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--document-number " + e.getMessage());
    }
  }
}
