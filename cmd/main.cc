#include <cstdio>
#include <string>

#include "core/version.h"

int main() {
  std::printf("jobsched %s\n", std::string(jobsched::version()).c_str());
}
