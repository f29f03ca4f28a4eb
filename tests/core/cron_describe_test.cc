#include <string_view>

#include <doctest/doctest.h>

#include "core/cron/expression.h"

namespace jobsched::cron {
namespace {

TEST_CASE("cron: expressions in words") {
  struct Row {
    std::string_view expression;
    std::string_view words;
  };

  const Row rows[] = {
      // classic
      {"0 15 10 * * ?", "at 10:15 every day"},
      {"30 15 10 * * ?", "at 10:15:30 every day"},
      {"0 0 8,12,18 * * ?", "at 08:00, 12:00 and 18:00 every day"},
      {"0 0 9,17 ? * MON-FRI", "at 09:00 and 17:00, Monday to Friday"},
      {"0 10,44 14 ? 3 WED", "at 14:10 and 14:44 every Wednesday in March"},
      // cadences
      {"* * * * * ?", "every second"},
      {"0/15 * * * * ?", "every 15 seconds"},
      {"5/15 * * * * ?", "every 15 seconds from second 5 of every minute"},
      {"0 * * * * ?", "every minute"},
      {"0 0/10 * * * ?", "every 10 minutes"},
      {"0 5/10 * * * ?", "every 10 minutes from minute 5 of every hour"},
      {"0 0 * * * ?", "every hour"},
      {"0 0 */2 * * ?", "every 2 hours"},
      {"0 30 1/2 * * ?", "every 2 hours from 01:30 every day"},
      {"0 0 0/6 * * ?", "every 6 hours"},
      // stretches of the day
      {"0 0/20 8-17 ? * MON-FRI", "every 20 minutes from 08:00 to 17:40, Monday to Friday"},
      {"0 * 14 * * ?", "every minute from 14:00 to 14:59 every day"},
      {"0 0-5 14 * * ?", "every minute from 14:00 to 14:05 every day"},
      {"0 0/7 14 * * ?", "every 7 minutes from 14:00 to 14:56 every day"},
      {"0 0/5 14,18 * * ?",
       "every 5 minutes from 14:00 to 14:55 and from 18:00 to 18:55 every day"},
      {"0 0/5 8-9,14-15 * * ?",
       "every 5 minutes from 08:00 to 09:55 and from 14:00 to 15:55 every day"},
      {"*/10 * 8-9 * * ?", "every 10 seconds from 08:00:00 to 09:59:50 every day"},
      {"0 0 8-18 * * ?", "every hour from 08:00 to 18:00 every day"},
      {"0 0 0-22 * * ?", "every hour from 00:00 to 22:00 every day"},
      // no cadence, because it starts anew every round
      {"0 */7 * * * ?", "every 7th minute from 0 to 56 of every hour"},
      {"0 0 */5 * * ?", "at 00:00, 05:00, 10:00, 15:00 and 20:00 every day"},
      {"0 10/10 * * * ?", "every 10th minute from 10 to 50 of every hour"},
      {"*/7 * * * * ?", "every 7th second from 0 to 56 of every minute of every hour"},
      // neither
      {"0 15 * * * ?", "at minute 15 of every hour"},
      {"0 15,45 * * * ?", "at minutes 15 and 45 of every hour"},
      {"0 0-4,55-59 14 * * ?", "at minutes 0-4 and 55-59 of hour 14 every day"},
      {"30 * 9-17/3 ? * TUE", "at second 30 of every minute of hours 9, 12 and 15 every Tuesday"},
      {"15 0/2 * * * ?", "at second 15 of every 2nd minute from 0 to 58 of every hour"},
      {"0,30 15 10-14 * * ?", "at seconds 0 and 30 of minute 15 of hours 10-14 every day"},
      {"* 5 8 * * ?", "every second of minute 5 of hour 8 every day"},
      // days of the month
      {"0 0 0 1 * ?", "at 00:00 on day 1 of every month"},
      {"0 30 2 1,15 JAN,JUN ? 2027-2030",
       "at 02:30 on day 1 and 15 of January and June, 2027-2030"},
      {"0 0 0 1-7 * ?", "at 00:00 on day 1-7 of every month"},
      {"0 0 0 */2 * ?", "at 00:00 on every 2nd day from 1 to 31 of every month"},
      {"0 0 0 L * ?", "at 00:00 on the last day of every month"},
      {"0 0 0 L-3 * ?", "at 00:00 on the 3rd day before the last day of every month"},
      {"0 0 0 LW * ?", "at 00:00 on the last weekday of every month"},
      {"0 0 0 15W * ?", "at 00:00 on the weekday nearest day 15 of every month"},
      {"0 0 0 L-2W * ?",
       "at 00:00 on the weekday nearest the 2nd day before the last day of every month"},
      {"0 0 0 1,10-15,L,20W * ?",
       "at 00:00 on day 1, days 10-15, the last day and the weekday nearest day 20 of every month"},
      {"0 0 10 1 1-5 ?", "at 10:00 on day 1 of January to May"},
      {"0 0 0 * 12 ?", "at 00:00 every day in December"},
      {"0 0/5 * * 12 ?", "every 5 minutes in December"},
      // days of the week
      {"0 0 9 ? * MON", "at 09:00 every Monday"},
      {"0 0 9 ? * L", "at 09:00 every Saturday"},
      {"0 0 9 ? * MON,WED,FRI", "at 09:00 on Monday, Wednesday and Friday"},
      {"0 0 9 ? * SAT,SUN", "at 09:00 on Saturday and Sunday"},
      {"0 0 9 ? * FRI-MON", "at 09:00 on Monday and Friday to Sunday"},
      {"0 0 9 ? JAN MON-FRI 2027", "at 09:00, Monday to Friday, in January, 2027"},
      {"0 0 9 ? * *", "at 09:00 every day"},
      {"0 0 9 ? * 6L", "at 09:00 on the last Friday of every month"},
      {"0 0 9 ? 6-8 2L", "at 09:00 on the last Monday of June to August"},
      {"0 0 9 ? * 6#3", "at 09:00 on the third Friday of every month"},
      {"0 0 9 ? * 6#5", "at 09:00 on the fifth Friday of every month that has one"},
      {"0 0 9 ? FEB 1#5", "at 09:00 on the fifth Sunday of February if there is one"},
      // years
      {"0 0 0 1 1 ? 2027", "at 00:00 on day 1 of January, 2027"},
      {"0 0 0 1 1 ? 2027,2028", "at 00:00 on day 1 of January, 2027 and 2028"},
      {"0 0 0 1 1 ? 2027-2029,2035", "at 00:00 on day 1 of January, 2027-2029 and 2035"},
      {"0 0 0 1 1 ? */4", "at 00:00 on day 1 of January, every 4 years from 1970 to 2198"},
      {"0 0 0 1 1 ? 2190/3", "at 00:00 on day 1 of January, 2190, 2193, 2196 and 2199"},
      // what never comes
      {"0 0 0 30 2 ?", "never (at 00:00 on day 30 of February)"},
      {"0 0 0 L-30 2,4 ?",
       "never (at 00:00 on the 30th day before the last day of February and April)"},
      {"0 0 0 29 2 ? 2027", "never (at 00:00 on day 29 of February, 2027)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    const auto expression = Expression::parse(row.expression);
    REQUIRE(expression);
    CHECK(expression->describe() == row.words);
  }
}

}  // namespace
}  // namespace jobsched::cron
