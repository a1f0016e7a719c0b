package gongbei.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test class that takes long and whose subject is neither the JDK nor the country it runs in:
 * pages in a browser, elections, tools of others, who may ask for what. {@code .ci/run}, which runs
 * all tests on the first JDK, leaves these out on the second.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag(OneJdk.TAG)
public @interface OneJdk {
  /** What {@code .ci/run} leaves out by. */
  String TAG = "one-jdk";
}
