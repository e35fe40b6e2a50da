// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/install_script.h"

#include <fmt/format.h>

namespace zoo::bundle {
namespace {

constexpr std::string_view kCmd = R"(@echo off
setlocal
rem Installs the Zoo module and the runtimes that this package needs. Options go to install.ps1; see README.txt.
rem A 32-bit program that starts this would get the 32-bit PowerShell, which sees another registry.
set "zoo_ps=%SystemRoot%\Sysnative\WindowsPowerShell\v1.0\powershell.exe"
if not exist "%zoo_ps%" set "zoo_ps=%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe"
"%zoo_ps%" -NoProfile -ExecutionPolicy Bypass -File "%~dp0install.ps1" %*
exit /b %ERRORLEVEL%
)";

constexpr std::string_view kPs1 = R"ps(#requires -version 4
<#
.SYNOPSIS
Installs the Zoo module and the runtimes that this package needs, on a server without Web Platform Installer.
.DESCRIPTION
Checks every file against SHA256SUMS first, installs only what is not there yet, and can be run again at any time.
Downloads are checked by their SHA-256 or their signature before they are run.
.PARAMETER ModuleOnly
Install the module, not the runtimes.
.PARAMETER WhatIfOnly
Tell what would be done and do nothing.
.PARAMETER Elevated
Set by this script when it starts itself with administrator rights in a window of its own.
#>
[CmdletBinding()]
param([switch]$ModuleOnly, [switch]$WhatIfOnly, [switch]$Elevated)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
# Later parts of a run need a restart: the exit code of Windows Installer for that.
$script:restart = $false

function Test-Administrator {
    $me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
    return $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Get-Sha256([string]$path) {
    $stream = [IO.File]::OpenRead($path)
    try {
        $sha = New-Object Security.Cryptography.SHA256Managed
        return ([BitConverter]::ToString($sha.ComputeHash($stream)) -replace '-', '').ToLowerInvariant()
    } finally { $stream.Dispose() }
}

# Nothing of this folder is used before all of it has the hashes it was built with.
function Test-Bundle {
    foreach ($line in [IO.File]::ReadAllLines((Join-Path $here 'SHA256SUMS'))) {
        if ($line -notmatch '^([0-9a-f]{64})  (.+)$') { throw "SHA256SUMS: cannot read `"$line`"" }
        $path = Join-Path $here ($Matches[2] -replace '/', '\')
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { throw "$path is missing" }
        if ((Get-Sha256 $path) -ne $Matches[1]) { throw "$path was changed: its SHA-256 is not the one in SHA256SUMS" }
    }
}

function Test-Signed([string]$path, [string]$signer) {
    $signature = Get-AuthenticodeSignature -LiteralPath $path
    if ($signature.Status -eq 'NotSigned') { return $false }
    if ($signature.Status -ne 'Valid') { throw "${path}: the signature is not valid ($($signature.Status))" }
    if ($signer -and $signature.SignerCertificate.GetNameInfo('SimpleName', $false) -ne $signer) {
        throw "${path}: signed by $($signature.SignerCertificate.Subject), not by $signer"
    }
    return $true
}

function Get-Property($object, [string]$name) {
    if ($null -eq $object) { return $null }
    $property = $object.PSObject.Properties[$name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

# What is no version, like an empty value, is in no range.
function Test-Range($value, $least, $most, [type]$type) {
    if ($null -eq $least -and $null -eq $most) { return $true }
    $known = $value -as $type
    if ($null -eq $known) { return $false }
    if ($null -ne $least -and $known -lt ($least -as $type)) { return $false }
    return ($null -eq $most) -or ($known -le ($most -as $type))
}

function Test-Registry($hint) {
    $hive, $key = ([string]$hint.subject) -split '\\', 2
    $root = switch ($hive) {
        'HKEY_LOCAL_MACHINE' { [Microsoft.Win32.RegistryHive]::LocalMachine }
        'HKEY_CURRENT_USER' { [Microsoft.Win32.RegistryHive]::CurrentUser }
        'HKEY_CLASSES_ROOT' { [Microsoft.Win32.RegistryHive]::ClassesRoot }
        default { return $false }
    }
    $opened = [Microsoft.Win32.RegistryKey]::OpenBaseKey($root, [Microsoft.Win32.RegistryView]::Default).OpenSubKey($key)
    if ($null -eq $opened) { return $false }
    $name = Get-Property $hint 'valueName'
    if ($null -eq $name) { return $true }
    $value = $opened.GetValue($name)
    if ($null -eq $value) { return $false }
    $wanted = Get-Property $hint 'valueValue'
    if ($null -ne $wanted) { return [string]$value -eq $wanted }
    return (Test-Range $value (Get-Property $hint 'minimumVersion') (Get-Property $hint 'maximumVersion') ([Version])) -and
        (Test-Range $value (Get-Property $hint 'minimumValue') (Get-Property $hint 'maximumValue') ([long]))
}

function Test-File($hint) {
    $path = [Environment]::ExpandEnvironmentVariables([string]$hint.subject)
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $false }
    $least = Get-Property $hint 'minimumVersion'
    if ($null -eq $least) { return $true }
    $info = (Get-Item -LiteralPath $path).VersionInfo
    $version = '{0}.{1}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart, $info.FilePrivatePart
    return [Version]$version -ge [Version]$least
}

function Test-Msi([string]$code) {
    foreach ($root in 'SOFTWARE', 'SOFTWARE\Wow6432Node') {
        $key = "HKLM:\$root\Microsoft\Windows\CurrentVersion\Uninstall\{$($code.Trim('{', '}'))}"
        if (Test-Path -LiteralPath $key) { return $true }
    }
    return $false
}

function Test-Installed($hint) {
    if ($null -eq $hint) { return $false }
    $children = @(Get-Property $hint 'children')
    switch ([string]$hint.kind) {
        'registry' { return Test-Registry $hint }
        'file' { return Test-File $hint }
        'msiProductCode' { return Test-Msi ([string]$hint.subject) }
        'not' { return -not (Test-Installed $children[0]) }
        'and' { foreach ($c in $children) { if (-not (Test-Installed $c)) { return $false } } return $true }
        'or' { foreach ($c in $children) { if (Test-Installed $c) { return $true } } return $false }
    }
    return $false
}

# The path of a file that may be run: bundled, or downloaded and checked.
function Get-Installer($step) {
    $file = Get-Property $step 'file'
    if ($null -eq $file) { return '' }
    $bundled = Get-Property $file 'bundled'
    if ($bundled) {
        $path = Join-Path $here ($bundled -replace '/', '\')
        if (-not (Test-Path -LiteralPath $path)) { throw "$path is missing" }
        if (-not (Test-Signed $path '')) { Write-Host '  not signed; its SHA-256 is the one in SHA256SUMS' }
        return $path
    }
    $folder = Join-Path $env:ProgramData 'Zoo\Downloads'
    [void](New-Item -ItemType Directory -Force -Path $folder)
    $path = Join-Path $folder ([IO.Path]::GetFileName(([Uri]$file.url).AbsolutePath))
    $hash = Get-Property $file 'sha256'
    if (-not ((Test-Path -LiteralPath $path) -and $hash -and (Get-Sha256 $path) -eq $hash)) {
        Write-Host "  downloading $($file.url)"
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        (New-Object Net.WebClient).DownloadFile([string]$file.url, $path)
    }
    if ($hash -and (Get-Sha256 $path) -ne $hash) {
        Remove-Item -LiteralPath $path
        throw "$($file.url): the SHA-256 of what was downloaded is not $hash"
    }
    $signed = Test-Signed $path ([string](Get-Property $file 'signer'))
    if (-not $hash -and -not $signed) { throw "$($file.url): neither a SHA-256 nor a signature is there to check it by" }
    return $path
}

function Invoke-Program([string]$exe, [string]$arguments, $success) {
    Write-Host "  $exe $arguments"
    $options = @{ FilePath = $exe; Wait = $true; PassThru = $true; NoNewWindow = $true }
    if ($arguments) { $options['ArgumentList'] = $arguments }
    $code = (Start-Process @options).ExitCode
    if ($code -eq 3010 -or $code -eq 1641) { $script:restart = $true }
    if ($code -ne 0 -and $code -ne 3010 -and $code -ne 1641 -and @($success) -notcontains [string]$code) {
        throw "$exe ended with $code"
    }
}

function Invoke-Command2($command, [string]$installer) {
    $expand = { param($text) [Environment]::ExpandEnvironmentVariables(([string]$text).Replace('%InstallerFile%', $installer)) }
    $kind = [string]$command.kind
    if ($kind -eq 'cmdLine') {
        try {
            Invoke-Program (& $expand $command.exe) (& $expand (Get-Property $command 'arguments')) $command.success
        } catch { if (-not $command.ignoreExitCode) { throw } }
    } elseif ($kind -eq 'msiInstall') {
        $package = & $expand $command.package
        $arguments = "/i `"$package`" /qn /norestart $(& $expand (Get-Property $command 'properties'))"
        Invoke-Program "$env:windir\System32\msiexec.exe" $arguments $command.success
    } elseif ($kind -eq 'msuInstall') {
        Invoke-Program "$env:windir\System32\wusa.exe" "`"$(& $expand $command.package)`" /quiet /norestart" $command.success
    } elseif ($kind -eq 'unzip') {
        Add-Type -AssemblyName System.IO.Compression.FileSystem
        [IO.Compression.ZipFile]::ExtractToDirectory((& $expand $command.package), (& $expand $command.targetDirectory))
    } else { throw "unknown command $kind" }
}

function Install-Step($step) {
    if (Test-Installed (Get-Property $step 'discovery')) {
        Write-Host "$($step.title): is there"
        return
    }
    Write-Host "$($step.title): installing"
    if ($WhatIfOnly) { return }
    $installer = Get-Installer $step
    $feature = Get-Property $step 'windowsFeature'
    if ($feature) {
        Invoke-Program "$env:windir\System32\dism.exe" "/online /enable-feature /quiet /norestart /all /featurename:$feature" @()
    }
    foreach ($command in @(Get-Property $step 'commands')) { if ($command) { Invoke-Command2 $command $installer } }
}

try {
    if (-not $WhatIfOnly -and -not (Test-Administrator)) {
        if ($Elevated) { throw 'this account has no administrator rights' }
        Write-Host 'Administrator rights are needed to install the module and the runtimes; Windows will ask for them.'
        Write-Host 'What is done then is shown in a window of its own.'
        $arguments = "-NoProfile -ExecutionPolicy Bypass -File `"$($MyInvocation.MyCommand.Path)`" -Elevated"
        if ($ModuleOnly) { $arguments += ' -ModuleOnly' }
        $shell = (Get-Process -Id $PID).Path
        exit (Start-Process $shell -Verb RunAs -ArgumentList $arguments -Wait -PassThru).ExitCode
    }
    Test-Bundle
    $all = [IO.File]::ReadAllText((Join-Path $here 'steps.json')) | ConvertFrom-Json
    $arch = if ([Environment]::Is64BitOperatingSystem) { 'x64' } else { 'x86' }
    foreach ($step in @($all.$arch)) {
        if ($ModuleOnly -and $step.id -ne 'HeliconZooModule') { continue }
        Install-Step $step
    }
    $code = 0
    Write-Host 'Done.'
    if ($script:restart) {
        Write-Host 'Restart Windows to finish.'
        $code = 3010
    }
} catch {
    Write-Host "error: $($_.Exception.Message)" -ForegroundColor Red
    $code = 1
}
# The window of its own would be gone before anybody has read it.
if ($Elevated) { [void](Read-Host 'Press Enter to close this window') }
exit $code
)ps";

constexpr std::string_view kReadme = R"({title} {version}

This folder is not part of the site: Web Deploy installs the folder "{id}" beside it and nothing else.

With Web Platform Installer or a hosting panel: nothing to do here, they install what the site needs.

With Web Deploy alone: unpack this package, run zoo\install.cmd once on the server, then install the package:
    msdeploy -verb:sync -source:package={id}-{version}.zip -dest:auto -setParam:"IIS Web Application Name"="Default Web Site/{id}"

With neither: run zoo\install.cmd, copy the folder "{id}" to the server, and make it an application in IIS Manager.
Give the account of its application pool the right to modify the folders that {id}\README.md names.

install.cmd [-ModuleOnly] [-WhatIfOnly]
    installs the module and the runtimes that are missing. It checks every file here against SHA256SUMS, and every
    download by its SHA-256 or its signature. It can be run again at any time.

installers\    the module for 64-bit and 32-bit Windows{without}
manifests\     what the site needs, one file a product
feed.xml       the same as a feed for Web Platform Installer: WebpiCmd /Install /Products:... /Feeds:feed.xml
steps.json     what install.ps1 does
SHA256SUMS     the hashes of all files here
)";

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

std::string install_cmd() {
  return crlf(kCmd);
}

std::string install_ps1() {
  return crlf(kPs1);
}

std::string readme(const catalog::Product& product, bool with_module) {
  return crlf(fmt::format(fmt::runtime(kReadme), fmt::arg("title", product.title.text), fmt::arg("id", product.id.text),
                          fmt::arg("version", product.version.text),
                          fmt::arg("without", with_module ? "" : " (not in this package)")));
}

}  // namespace zoo::bundle
