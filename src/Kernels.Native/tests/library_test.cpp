// Libraries that are there, and libraries that are not.

#include "check.h"

int main() {
  for (const adj_provider provider : {ADJ_OPENBLAS, ADJ_MKL, ADJ_ONEDNN}) {
    adj_library* library = nullptr;
    const adj_status status = adj_library_open(provider, "/nowhere", 0, &library);
    check::That(status == ADJ_MISSING || status == ADJ_UNSUPPORTED, "a folder without libraries");
    check::That(library == nullptr && !check::Message().empty(), "says so");
  }
  for (const check::Opened& opened : check::Libraries()) {
    char text[256];
    const size_t length = adj_library_describe(opened.library, text, sizeof text);
    std::printf("%s\n", text);
    check::That(length > 0 && std::string(text).find(opened.name) == 0, opened.name + " says its name");
    adj_library_close(opened.library);
  }
  char text[4] = "-";
  check::That(adj_library_describe(nullptr, text, sizeof text) == 0 && text[0] == '\0', "no library, no text");
  adj_library_close(nullptr);
  return check::End();
}
