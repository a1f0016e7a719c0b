package gongbei.bench.capacity;

import java.util.LinkedHashMap;
import java.util.Map;

/** Guangdong's 21 cities and how many live there: the census of 2020, in units of 100,000. */
final class Province {
  private static final Map<String, Integer> CITIES = new LinkedHashMap<>();

  static {
    CITIES.put("Guangzhou", 187);
    CITIES.put("Shenzhen", 176);
    CITIES.put("Dongguan", 105);
    CITIES.put("Foshan", 95);
    CITIES.put("Zhanjiang", 70);
    CITIES.put("Maoming", 62);
    CITIES.put("Huizhou", 60);
    CITIES.put("Jieyang", 56);
    CITIES.put("Shantou", 55);
    CITIES.put("Jiangmen", 48);
    CITIES.put("Zhongshan", 44);
    CITIES.put("Zhaoqing", 41);
    CITIES.put("Qingyuan", 40);
    CITIES.put("Meizhou", 39);
    CITIES.put("Shaoguan", 29);
    CITIES.put("Heyuan", 28);
    CITIES.put("Shanwei", 27);
    CITIES.put("Chaozhou", 26);
    CITIES.put("Yangjiang", 26);
    CITIES.put("Zhuhai", 24);
    CITIES.put("Yunfu", 24);
  }

  private Province() {}

  static int cities() {
    return CITIES.size();
  }

  /** A city's share of the province's people, cities in the order of their size. */
  static double share(int city) {
    final int all = CITIES.values().stream().mapToInt(Integer::intValue).sum();
    return (double) CITIES.values().stream().mapToInt(Integer::intValue).toArray()[city] / all;
  }
}
