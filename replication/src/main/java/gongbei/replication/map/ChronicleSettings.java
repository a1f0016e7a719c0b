package gongbei.replication.map;

/**
 * Settings that Chronicle's libraries read once, when they are first used. Nothing phones home and
 * nothing is announced unless the operator has said otherwise.
 */
final class ChronicleSettings {
  private ChronicleSettings() {}

  /** Must run before the first Chronicle class is loaded. */
  static void quieten() {
    preset("chronicle.analytics.disable", "true");
    preset("chronicle.announcer.disable", "true");
  }

  private static void preset(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
