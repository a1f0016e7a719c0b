package gongbei.codec.file;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** Says in one line what is wrong with a file of YAML, and where. */
public final class YamlFault {
  private YamlFault() {}

  /** The parser's first line, which says what is wrong, and the place. */
  public static String inOneLine(JsonProcessingException fault) {
    final String what = fault.getOriginalMessage().lines().findFirst().orElse("it can't be parsed");
    final JsonLocation where = fault.getLocation();
    return where == null
        ? what
        : what + " at line " + where.getLineNr() + ", column " + where.getColumnNr();
  }
}
