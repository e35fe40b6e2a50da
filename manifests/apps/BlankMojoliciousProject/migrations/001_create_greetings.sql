-- SPDX-License-Identifier: Apache-2.0
-- What visitors left on the start page: an example to change or delete.
CREATE TABLE greetings (
  id VARCHAR(30) NOT NULL PRIMARY KEY,
  name VARCHAR(40) NOT NULL,
  words VARCHAR(120) NOT NULL,
  created BIGINT NOT NULL
);
