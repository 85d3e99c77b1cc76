// Statuses and messages: cut to the caller's place, and each thread's own.

#include <thread>

#include "check.h"

int main() {
  check::That(adj_abi_version() == ADJ_ABI_VERSION, "version of header and library");
  adj_library* library = nullptr;
  check::That(adj_library_open(99, nullptr, 0, &library) == ADJ_BAD_ARGUMENT, "no such provider");
  const std::string message = check::Message();
  check::That(message.find("99") != std::string::npos, "the message names the provider");

  char cut[8] = "-------";
  check::That(adj_message(cut, 4) == message.size() && cut[3] == '\0' && cut[4] == '-', "a message is cut to its place");
  check::That(adj_message(nullptr, 0) == message.size(), "a message's length alone");

  std::thread other([] { check::That(check::Message().empty(), "another thread has no message"); });
  other.join();
  check::That(check::Message() == message, "the message stays");
  check::That(adj_library_open(ADJ_MKL, nullptr, 0, nullptr) == ADJ_BAD_ARGUMENT, "no place for the library");
  return check::End();
}
