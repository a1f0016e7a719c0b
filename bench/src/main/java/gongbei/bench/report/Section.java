package gongbei.bench.report;

import java.util.List;

/** A part of the page: a heading, what is to be said, and plots and tables below. */
record Section(String title, String words, List<Plot> plots, List<Table> tables) {
  /**
   * Rows of words.
   *
   * @param texts how many columns from the left are words; the others are figures
   */
  record Table(int texts, List<String> columns, List<List<String>> rows) {}

  /** Shows plots. */
  static Section of(String title, String words, Plot... plots) {
    return new Section(title, words, List.of(plots), List.of());
  }

  /** Shows a table. */
  static Section of(String title, String words, Table table) {
    return new Section(title, words, List.of(), List.of(table));
  }
}
