package gongbei.verifier.cli.holder;

import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.SubjectSecret;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.input.CsvReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Rewrites rows of documents as rows of subjects, one at a time: what it keeps does not grow with
 * them. A document's number is in no message. For one thread.
 */
final class SubjectRows {
  private static final String TYPE = "documentType";
  private static final String NUMBER = "documentNumber";
  private static final String SUBJECT = "subject";
  private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]*");

  private final CsvReader rows;
  private final SubjectSecret.Documents documents;
  private final Optional<DocumentType> typeOfAll;
  private final List<String> others;

  /**
   * @param typeOfAll the type of every document, where no column has it
   * @throws CommandException where a column is missing or not to be
   */
  SubjectRows(CsvReader rows, SubjectSecret.Documents documents, Optional<DocumentType> typeOfAll) {
    this.rows = rows;
    this.documents = documents;
    this.typeOfAll = typeOfAll;
    final List<String> columns = rows.columns();
    if (!columns.contains(NUMBER)) {
      throw wrongColumns("column " + NUMBER + " is missing");
    }
    if (columns.contains(TYPE) == typeOfAll.isPresent()) {
      throw wrongColumns(
          typeOfAll.isPresent()
              ? "column " + TYPE + " does not go with --document-type"
              : "column " + TYPE + " is missing, and --document-type");
    }
    if (columns.contains(SUBJECT)) {
      throw wrongColumns("column " + SUBJECT + " is there already");
    }
    others = new ArrayList<>(columns);
    others.removeAll(List.of(TYPE, NUMBER));
  }

  private static CommandException wrongColumns(String fault) {
    return CommandException.refused("line 1: " + fault);
  }

  /** Writes the row of the columns' names, and one for each document. */
  void write(Appendable to) throws IOException {
    final CSVPrinter printer = CSVFormat.RFC4180.builder().setRecordSeparator("\n").get().print(to);
    printer.print(SUBJECT);
    for (final String column : others) {
      printer.print(column);
    }
    printer.println();
    while (rows.advance()) {
      final String subject;
      try {
        rows.requireConsistent();
        subject = subject();
      } catch (IllegalArgumentException e) {
        printer.flush();
        throw rows.atFault(e.getMessage());
      }
      printer.print(subject);
      for (final String column : others) {
        printer.print(rows.get(column));
      }
      printer.println();
    }
    printer.flush();
  }

  private String subject() {
    final DocumentType type = typeOfAll.isPresent() ? typeOfAll.get() : typeOfRow();
    final String number = rows.get(NUMBER);
    try {
      requireNumber(number);
      return HexFormat.of().formatHex(documents.subject(type, number));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(NUMBER + " " + e.getMessage(), e);
    }
  }

  private DocumentType typeOfRow() {
    try {
      return DocumentType.ofWireName(rows.get(TYPE).strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(TYPE + " " + e.getMessage(), e);
    }
  }

  /**
   * Sees that a number is one that a document may have: a mark or a letter that can't be seen, as
   * from a spreadsheet, would make another subject of it.
   *
   * @throws IllegalArgumentException where it is not; the message shows nothing of it
   */
  static void requireNumber(String number) {
    final String plain = SubjectSecret.plain(number);
    if (plain.isEmpty()) {
      throw new IllegalArgumentException("is empty");
    }
    if (!PRINTABLE.matcher(plain).matches()) {
      throw new IllegalArgumentException("holds other than ASCII letters, digits and marks");
    }
    if (plain.length() > SubjectSecret.MAX_NUMBER_CHARACTERS) {
      throw new IllegalArgumentException(
          "is longer than " + SubjectSecret.MAX_NUMBER_CHARACTERS + " characters");
    }
  }
}
