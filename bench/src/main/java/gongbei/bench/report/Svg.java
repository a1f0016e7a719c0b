package gongbei.bench.report;

import java.util.Locale;

/** Writes the elements of a drawing. Its colours are classes of the page's style. */
final class Svg {
  private final StringBuilder text = new StringBuilder();

  Svg(int width, int height, String title) {
    text.append("<svg viewBox=\"0 0 ")
        .append(width)
        .append(' ')
        .append(height)
        .append("\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"")
        .append(escape(title))
        .append("\">");
  }

  static String escape(String raw) {
    return raw.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    text.append("<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2))
        .append("\" y2=\"" + number(y2) + "\" class=\"" + style + "\"/>");
    return this;
  }

  Svg rectangle(double x, double y, double width, double height, String style) {
    text.append("<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width))
        .append("\" height=\"" + number(height) + "\" class=\"" + style + "\"/>");
    return this;
  }

  Svg circle(double x, double y, double radius, String style) {
    text.append("<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(radius))
        .append("\" class=\"" + style + "\"/>");
    return this;
  }

  /**
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  Svg words(double x, double y, String anchor, String style, String words) {
    text.append("<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor)
        .append("\" class=\"" + style + "\">" + escape(words) + "</text>");
    return this;
  }

  Svg path(double[] x, double[] y, String style) {
    text.append("<polyline class=\"" + style + "\" points=\"");
    for (int i = 0; i < x.length; i++) {
      text.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
    }
    text.append("\"/>");
    return this;
  }

  String finish() {
    return text + "</svg>";
  }
}
