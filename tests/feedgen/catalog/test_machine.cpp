// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/machine.h"

#include <catch2/catch.hpp>

using zoo::catalog::MachineOptions;
using zoo::catalog::os_type_matches;
using zoo::catalog::parse_machine;

TEST_CASE("a machine is read from the options", "[machine]") {
  const auto machine = parse_machine({"6.1.1", "x86", "client", "de", " Python313, IIS7,,"});
  REQUIRE(machine);
  CHECK(machine->os_major == 6);
  CHECK(machine->os_minor == 1);
  CHECK(machine->service_pack == 1);
  CHECK(machine->arch == "x86");
  CHECK(machine->type == "Client");
  CHECK(machine->language == "de");
  CHECK(machine->installed == std::vector<std::string>{"Python313", "IIS7"});
  CHECK(describe(*machine) == "Windows 6.1 SP1 Client, x86");
}

TEST_CASE("absent options keep the defaults", "[machine]") {
  const auto machine = parse_machine({});
  REQUIRE(machine);
  CHECK(describe(*machine) == "Windows 10.0 Server, x64");
  CHECK(machine->installed.empty());
}

TEST_CASE("wrong machine options are usage errors that name the option", "[machine]") {
  const auto error = [](MachineOptions options) {
    const auto machine = parse_machine(options);
    REQUIRE_FALSE(machine);
    CHECK(machine.error().code == zoo::ExitCode::kUsage);
    return machine.error().message;
  };
  for (const char* const os : {"10", "10.", "10.0.0.0", "ten.0", "10.0 ", "-1.0", "99999999999.0"})
    CHECK_THAT(error({os, "", "", "", ""}), Catch::Contains("--os"));
  CHECK_THAT(error({"", "amd64", "", "", ""}), Catch::Contains("--arch takes x86 or x64, not 'amd64'"));
  CHECK_THAT(error({"", "", "Desktop", "", ""}), Catch::Contains("ServerCore"));
}

TEST_CASE("editions of a client are clients, servers are not", "[machine]") {
  CHECK(os_type_matches("Server", "Server"));
  CHECK_FALSE(os_type_matches("Server", "ServerCore"));
  CHECK_FALSE(os_type_matches("Server", "Client"));
  CHECK_FALSE(os_type_matches("Client", "Server"));
  CHECK(os_type_matches("Enterprise", "Client"));
  CHECK(os_type_matches("Client", "Business"));
  CHECK_FALSE(os_type_matches("Client", "Starter"));
  CHECK_FALSE(os_type_matches("Client", "Unheard"));
  CHECK_FALSE(os_type_matches("HomePremium", "Ultimate"));
}
