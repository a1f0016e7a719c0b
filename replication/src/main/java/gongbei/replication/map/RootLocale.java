package gongbei.replication.map;

import java.io.IOException;
import java.util.Locale;

/**
 * Lets Chronicle Values make its classes. It writes them as Java source, by methods that take the
 * default locale, and compiles them: where that locale has digits of its own (Arabic, Persian,
 * Bengali, Marathi) or a dotless i (Turkish), the source is none. The classes are made once, when
 * the first map is.
 */
final class RootLocale {
  private RootLocale() {}

  /** What makes a map. */
  interface Maker<T> {
    T make() throws IOException;
  }

  /**
   * Makes something while the default locale is {@link Locale#ROOT}, and puts back what it was. A
   * node's own is the root's from its start; this is for who else makes a map.
   */
  static synchronized <T> T make(Maker<T> maker) throws IOException {
    final Locale language = Locale.getDefault();
    final Locale display = Locale.getDefault(Locale.Category.DISPLAY);
    final Locale format = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.ROOT);
    try {
      return maker.make();
    } finally {
      Locale.setDefault(language);
      Locale.setDefault(Locale.Category.DISPLAY, display);
      Locale.setDefault(Locale.Category.FORMAT, format);
    }
  }
}
