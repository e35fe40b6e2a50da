-- SPDX-License-Identifier: Apache-2.0
-- What wixl cannot say, one statement a line; scripts/msi.sh puts the version in the place of @VERSION@.
-- Lines that begin with "x64 " or "x86 " are for that package only.

-- Rollback custom actions, a program in the package: 2, deferred 1024, without impersonation 2048, rollback 256, and 64 to go
-- on when they fail. "[INSTALLDIR]." because the property ends with a backslash.
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('ZooInstallBack', 3394, 'zoosetup', 'uninstall --quiet --install-dir "[INSTALLDIR]."')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('ZooUninstallBack', 3394, 'zoosetup', 'install --quiet --install-dir "[INSTALLDIR]."')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('ZooInstallBack', 'NOT Installed AND NOT ZOO_OLDER', 5010)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('ZooUninstallBack', 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE', 1620)

-- The older version goes inside the transaction, so that a failed upgrade brings it back; the registration goes while the
-- program that takes it out is still there.
UPDATE `InstallExecuteSequence` SET `Sequence` = 1510 WHERE `Action` = 'RemoveExistingProducts'
UPDATE `InstallExecuteSequence` SET `Sequence` = 1610 WHERE `Action` = 'ZooUserRemove'
UPDATE `InstallExecuteSequence` SET `Sequence` = 1630 WHERE `Action` = 'ZooUninstall'
UPDATE `InstallExecuteSequence` SET `Sequence` = 5020 WHERE `Action` = 'ZooInstall'
UPDATE `InstallExecuteSequence` SET `Sequence` = 5030 WHERE `Action` = 'ZooUser'

-- IIS or IIS Express must be there. 18: a value of the 64-bit registry, 2: of the 32-bit one.
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('AppSearch', 50)
INSERT INTO `InstallUISequence` (`Action`, `Sequence`) VALUES ('AppSearch', 50)
INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('ZOO_SERVER', 'ZooServer1')
INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('ZOO_SERVER', 'ZooServer2')
INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('ZOO_SERVER', 'ZooServer3')
x64 INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('ZOO_SERVER', 'ZooServer4')
x64 INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('ZOO_SERVER', 'ZooServer5')
x64 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer1', 2, 'SOFTWARE\Microsoft\InetStp', 'MajorVersion', 18)
x64 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer2', 2, 'SOFTWARE\Microsoft\IISExpress\10.0', 'InstallPath', 18)
x64 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer3', 2, 'SOFTWARE\Microsoft\IISExpress\8.0', 'InstallPath', 18)
x64 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer4', 2, 'SOFTWARE\Microsoft\IISExpress\10.0', 'InstallPath', 2)
x64 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer5', 2, 'SOFTWARE\Microsoft\IISExpress\8.0', 'InstallPath', 2)
x86 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer1', 2, 'SOFTWARE\Microsoft\InetStp', 'MajorVersion', 2)
x86 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer2', 2, 'SOFTWARE\Microsoft\IISExpress\10.0', 'InstallPath', 2)
x86 INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('ZooServer3', 2, 'SOFTWARE\Microsoft\IISExpress\8.0', 'InstallPath', 2)
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('Installed OR ZOO_SERVER', 'The Zoo module needs IIS 7 or later, or IIS Express: install one of them first.')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('VersionNT >= 601', 'The Zoo module needs Windows 7, Windows Server 2008 R2 or later.')
x86 INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT VersionNT64', 'This is 64-bit Windows: install HeliconZoo-@VERSION@-x64.msi, which has the 32-bit module as well.')

-- Names for volumes and programs that know short ones only.
UPDATE `File` SET `FileName` = 'HELICO86.DLL|HeliconZoo_x86.dll' WHERE `File` = 'HeliconZoo_x86.dll'
UPDATE `File` SET `FileName` = 'HELICO64.DLL|HeliconZoo_x64.dll' WHERE `File` = 'HeliconZoo_x64.dll'
UPDATE `File` SET `FileName` = 'HELICONZ.XML|heliconZoo_schema.xml' WHERE `File` = 'heliconZoo_schema.xml'

-- Files with a version resource are compared by it, others by their hash.
UPDATE `File` SET `Version` = '@VERSION@.0', `Language` = '1033' WHERE `File` = 'zoosetup.exe'
UPDATE `File` SET `Version` = '@VERSION@.0', `Language` = '1033' WHERE `File` = 'HeliconZoo_x86.dll'
UPDATE `File` SET `Version` = '@VERSION@.0', `Language` = '1033' WHERE `File` = 'HeliconZoo_x64.dll'
DELETE FROM `MsiFileHash` WHERE `File_` = 'zoosetup.exe'
DELETE FROM `MsiFileHash` WHERE `File_` = 'HeliconZoo_x86.dll'
DELETE FROM `MsiFileHash` WHERE `File_` = 'HeliconZoo_x64.dll'

-- wixl ends keys with a backslash.
UPDATE `Registry` SET `Key` = 'SOFTWARE\Helicon\Zoo' WHERE `Component_` = 'Registry'
UPDATE `Registry` SET `Key` = 'SYSTEM\CurrentControlSet\Services\EventLog\Application\HeliconZoo' WHERE `Component_` = 'EventSource'
