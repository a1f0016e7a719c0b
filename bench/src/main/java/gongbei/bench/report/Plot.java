package gongbei.bench.report;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * A plot as the page's script is given it.
 *
 * @param title names it for those who don't see it
 * @param height in pixels
 * @param labels how the numbers of its axes are written
 * @param option ECharts' own description of it, without colours and fonts, which are the page's
 */
record Plot(String title, int height, Labels labels, ObjectNode option) {
  /** How the numbers of the axes are written. */
  record Labels(Label x, Label y) {}

  /** How a number of an axis is written; the page's script has a function for each. */
  enum Label {
    /** In as many digits as say something. */
    NUMBER,
    /** A time of so many microseconds. */
    MICROS,
    /** A time of so many nanoseconds. */
    NANOS,
    /** A share of which 1 in so many is left: 100 is 99 %. */
    NINES,
    /** Not at all. */
    NONE;

    /** Returns its name in the page's script. */
    @JsonValue
    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
