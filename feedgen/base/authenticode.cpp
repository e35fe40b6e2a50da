// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/authenticode.h"

#include <fmt/core.h>
#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "feedgen/base/byte_source.h"
#include "feedgen/base/compound_file.h"

// Sources: "Windows Authenticode Portable Executable Signature Format" (2008), here AC; "PE Format", here PE; [MS-CFB].
// How an MSI is hashed is not published; the tests hold what is done here against packages that osslsigncode signed.
namespace zoo {
namespace {

using State = Signature::State;
using Bytes = std::vector<unsigned char>;

/// Real signatures have 5 to 30 KiB; this leaves room for long chains and nested signatures.
constexpr std::size_t kMaxSignature = std::size_t{16} << 20U;

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using Pkcs7 = std::unique_ptr<PKCS7, Deleter<PKCS7, PKCS7_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

Signature damaged(std::string reason) {
  return {State::kDamaged, {}, std::move(reason)};
}

/// A running digest.
class Digest {
 public:
  explicit Digest(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new()) {
    ok_ = context_ && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1;
  }
  void add(const void* data, std::size_t size) { ok_ = ok_ && EVP_DigestUpdate(context_.get(), data, size) == 1; }
  /// Empty after a failure of OpenSSL.
  Bytes finish() {
    Bytes out(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    ok_ = ok_ && EVP_DigestFinal_ex(context_.get(), out.data(), &size) == 1;
    out.resize(ok_ ? size : 0);
    return out;
  }

 private:
  Context context_;
  bool ok_ = false;
};

/// What the signature says about the file: AC, SpcIndirectDataContent.
struct SignedDigest {
  const EVP_MD* algorithm = nullptr;
  Bytes digest;
};

/// One DER element: its tag and content; `rest` moves behind it.
struct Element {
  int tag = 0;
  int tag_class = 0;
  bool constructed = false;
  const unsigned char* content = nullptr;
  long size = 0;
};

std::optional<Element> next_element(const unsigned char*& at, const unsigned char* end) {
  Element out;
  const unsigned char* begin = at;
  const int flags = ASN1_get_object(&begin, &out.size, &out.tag, &out.tag_class, end - at);
  // 0x80: error; an odd flag: indefinite length, which DER forbids.
  if ((static_cast<unsigned>(flags) & 0x81U) != 0 || out.size > end - begin) return std::nullopt;
  out.constructed = (static_cast<unsigned>(flags) & V_ASN1_CONSTRUCTED) != 0;
  out.content = begin;
  at = begin + out.size;
  return out;
}

std::optional<Element> next_universal(const unsigned char*& at, const unsigned char* end, int tag) {
  auto element = next_element(at, end);
  if (!element || element->tag != tag || element->tag_class != V_ASN1_UNIVERSAL) return std::nullopt;
  return element;
}

const EVP_MD* known_digest(int nid) {
  switch (nid) {
    case NID_sha1:
      return EVP_sha1();
    case NID_sha256:
      return EVP_sha256();
    case NID_sha384:
      return EVP_sha384();
    case NID_sha512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

const EVP_MD* digest_of(const Element& identifier) {
  const unsigned char* at = identifier.content;
  const unsigned char* const end = at + identifier.size;
  const unsigned char* const oid = at;
  if (!next_universal(at, end, V_ASN1_OBJECT)) return nullptr;
  const unsigned char* der = oid;
  const std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT, ASN1_OBJECT_free>> object(
      d2i_ASN1_OBJECT(nullptr, &der, at - oid));
  return object ? known_digest(OBJ_obj2nid(object.get())) : nullptr;
}

/// SEQUENCE { data SEQUENCE, messageDigest SEQUENCE { AlgorithmIdentifier, OCTET STRING } }
enum class DigestRead { kOk, kBroken, kUnknownAlgorithm };
DigestRead read_signed_digest(const Element& content, SignedDigest& out) {
  const unsigned char* at = content.content;
  const unsigned char* const end = at + content.size;
  if (!next_universal(at, end, V_ASN1_SEQUENCE)) return DigestRead::kBroken;
  const auto info = next_universal(at, end, V_ASN1_SEQUENCE);
  if (!info) return DigestRead::kBroken;
  const unsigned char* inner = info->content;
  const unsigned char* const inner_end = inner + info->size;
  const auto identifier = next_universal(inner, inner_end, V_ASN1_SEQUENCE);
  const auto digest = next_universal(inner, inner_end, V_ASN1_OCTET_STRING);
  if (!identifier || !digest || digest->constructed) return DigestRead::kBroken;
  out.algorithm = digest_of(*identifier);
  if (out.algorithm == nullptr) return DigestRead::kUnknownAlgorithm;
  out.digest.assign(digest->content, digest->content + digest->size);
  return DigestRead::kOk;
}

/// The encapsulated SpcIndirectDataContent (1.3.6.1.4.1.311.2.1.4) as DER, or null.
const ASN1_STRING* indirect_data(const PKCS7* signature) {
  constexpr std::string_view kIndirectData = "1.3.6.1.4.1.311.2.1.4";
  if (OBJ_obj2nid(signature->type) != NID_pkcs7_signed || signature->d.sign == nullptr) return nullptr;
  const PKCS7* contents = signature->d.sign->contents;
  if (contents == nullptr || contents->type == nullptr) return nullptr;
  std::array<char, 64> oid = {};
  OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), contents->type, 1);
  if (oid.data() != kIndirectData) return nullptr;
  const ASN1_TYPE* other = contents->d.other;
  return other != nullptr && other->type == V_ASN1_SEQUENCE ? other->value.sequence : nullptr;
}

PKCS7_SIGNER_INFO* only_signer(PKCS7* signature) {
  STACK_OF(PKCS7_SIGNER_INFO)* signers = PKCS7_get_signer_info(signature);
  return sk_PKCS7_SIGNER_INFO_num(signers) == 1 ? sk_PKCS7_SIGNER_INFO_value(signers, 0) : nullptr;
}

/// AC: the signed attributes hold the digest of the indirect data's content octets, and the signature is over the
/// attributes. Both are compared by PKCS7_signatureVerify, which takes the digest from a chain of BIOs.
bool signature_holds(PKCS7* signature, PKCS7_SIGNER_INFO* signer, X509* certificate, const Element& content) {
  X509_ALGOR* algorithm = nullptr;
  PKCS7_SIGNER_INFO_get0_algs(signer, nullptr, &algorithm, nullptr);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  const EVP_MD* digest = known_digest(OBJ_obj2nid(oid));
  if (digest == nullptr || PKCS7_get_signed_attributes(signer) == nullptr) return false;
  Bio filter(BIO_new(BIO_f_md()));
  if (!filter || BIO_set_md(filter.get(), digest) != 1) return false;
  BIO_push(filter.get(), BIO_new(BIO_s_null()));
  if (BIO_write(filter.get(), content.content, static_cast<int>(content.size)) != content.size) return false;
  return PKCS7_signatureVerify(filter.get(), signature, signer, certificate) == 1;
}

/// The last common name, which is the most specific one; else the organisation.
std::string subject_name(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (const int nid : {NID_commonName, NID_organizationName}) {
    int last = -1;
    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, nid, i)) >= 0;) last = i;
    if (last < 0) continue;
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
    if (size <= 0) continue;
    std::string name(utf8, utf8 + size);
    OPENSSL_free(utf8);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, '?');
    if (name.find_first_not_of(' ') != std::string::npos) return name;
  }
  return "(no name)";
}

/// Computes the file's own digest; nothing when its structure is broken.
using FileDigest = std::optional<Bytes> (*)(const ByteSource& source, const EVP_MD* algorithm);

/// Judges a PKCS #7 signature over the file.
Signature judge(const Bytes& der, const ByteSource& source, FileDigest file_digest) {
  const unsigned char* at = der.data();
  const Pkcs7 signature(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  const ASN1_STRING* data = signature ? indirect_data(signature.get()) : nullptr;
  if (data == nullptr) return damaged("its signature is no Authenticode structure");
  const unsigned char* octets = ASN1_STRING_get0_data(data);
  const auto content = next_universal(octets, octets + ASN1_STRING_length(data), V_ASN1_SEQUENCE);
  SignedDigest wanted;
  const DigestRead read = content ? read_signed_digest(*content, wanted) : DigestRead::kBroken;
  if (read == DigestRead::kBroken) return damaged("its signature is no Authenticode structure");
  if (read == DigestRead::kUnknownAlgorithm) {
    return {State::kUnverifiable, {}, "its signature uses a digest other than SHA-1 and SHA-2"};
  }
  PKCS7_SIGNER_INFO* signer = only_signer(signature.get());
  X509* certificate = signer == nullptr ? nullptr : PKCS7_cert_from_signer_info(signature.get(), signer);
  if (certificate == nullptr) return damaged("its signature does not hold the signer's certificate");
  if (!signature_holds(signature.get(), signer, certificate, *content)) {
    return damaged("its signature was not made by the key of its certificate");
  }
  const auto digest = file_digest(source, wanted.algorithm);
  if (!digest) return damaged("its structure is broken");
  if (*digest != wanted.digest) return damaged("its content is not the one that was signed");
  return {State::kSigned, subject_name(certificate), {}};
}

/// Where a PE file's checksum, security directory entry and certificate table lie (PE, "Optional Header").
struct PeLayout {
  std::uint64_t checksum_at = 0;
  std::uint64_t entry_at = 0;
  std::uint32_t table_at = 0;
  std::uint32_t table_size = 0;
};

bool is_pe(const ByteSource& source, std::uint64_t& optional_header) {
  constexpr std::size_t kNewHeaderAt = 60;
  std::array<unsigned char, 64> dos = {};
  if (!source.read(0, dos.data(), dos.size()) || dos[0] != 'M' || dos[1] != 'Z') return false;
  const std::uint64_t at = le32(&dos[kNewHeaderAt]);
  std::array<unsigned char, 4> magic = {};
  if (!source.read(at, magic.data(), magic.size()) || magic != std::array<unsigned char, 4>{'P', 'E', 0, 0})
    return false;
  constexpr std::uint64_t kCoffHeader = 24;  // The magic and the COFF file header.
  optional_header = at + kCoffHeader;
  return true;
}

/// False when there is no security directory; `broken` when it cannot be right.
bool pe_layout(const ByteSource& source, std::uint64_t optional_header, PeLayout& out, bool& broken) {
  constexpr std::uint16_t kPe32 = 0x10B;
  constexpr std::uint16_t kPe32Plus = 0x20B;
  constexpr std::uint64_t kChecksumAt = 64;
  constexpr std::uint32_t kSecurityIndex = 4;
  std::array<unsigned char, 2> magic = {};
  broken = true;
  if (!source.read(optional_header, magic.data(), magic.size())) return false;
  if (le16(magic.data()) != kPe32 && le16(magic.data()) != kPe32Plus) return false;
  const std::uint64_t directories = optional_header + (le16(magic.data()) == kPe32 ? 96 : 112);
  std::array<unsigned char, 4> count = {};
  if (!source.read(directories - 4, count.data(), count.size())) return false;
  broken = false;
  if (le32(count.data()) <= kSecurityIndex) return false;
  std::array<unsigned char, 8> entry = {};
  out.checksum_at = optional_header + kChecksumAt;
  out.entry_at = directories + std::uint64_t{kSecurityIndex} * entry.size();
  broken = !source.read(out.entry_at, entry.data(), entry.size());
  if (broken) return false;
  out.table_at = le32(entry.data());
  out.table_size = le32(&entry[4]);
  return out.table_at != 0 || out.table_size != 0;
}

void add_range(const ByteSource& source, std::uint64_t begin, std::uint64_t end, Digest& digest) {
  constexpr std::size_t kChunk = std::size_t{256} << 10U;
  Bytes buffer(kChunk);
  while (begin < end) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(end - begin, kChunk));
    if (!source.read(begin, buffer.data(), count)) return;
    digest.add(buffer.data(), count);
    begin += count;
  }
}

/// AC, "Calculating the PE Image Hash": everything but the checksum, the security directory entry and the certificate
/// table. Sections in files that linkers make lie one behind the other, so that hashing them in order is hashing the
/// file in order; a file is signed after it was padded to eight bytes.
std::optional<Bytes> pe_digest(const ByteSource& source, const EVP_MD* algorithm) {
  std::uint64_t optional_header = 0;
  PeLayout layout;
  bool broken = false;
  if (!is_pe(source, optional_header) || !pe_layout(source, optional_header, layout, broken)) return std::nullopt;
  Digest digest(algorithm);
  add_range(source, 0, layout.checksum_at, digest);
  add_range(source, layout.checksum_at + 4, layout.entry_at, digest);
  add_range(source, layout.entry_at + 8, layout.table_at, digest);
  return digest.finish();
}

/// PE, "The Attribute Certificate Table": dwLength, wRevision, wCertificateType, then the PKCS #7.
std::optional<Bytes> pe_signature(const ByteSource& source, const PeLayout& layout) {
  constexpr std::size_t kHeader = 8;
  constexpr std::uint16_t kPkcs7 = 2;
  std::array<unsigned char, kHeader> header = {};
  const std::uint64_t end = std::uint64_t{layout.table_at} + layout.table_size;
  // The table is the last thing in a signed file: bytes behind it would not be covered.
  if (end != source.size() || layout.table_at < layout.entry_at + 8) return std::nullopt;
  if (!source.read(layout.table_at, header.data(), header.size())) return std::nullopt;
  const std::uint32_t length = le32(header.data());
  if (length < kHeader || length > layout.table_size || length > kMaxSignature) return std::nullopt;
  if (le16(&header[6]) != kPkcs7) return std::nullopt;
  Bytes der(length - kHeader);
  if (!source.read(layout.table_at + kHeader, der.data(), der.size())) return std::nullopt;
  return der;
}

Signature read_pe(const ByteSource& source, std::uint64_t optional_header) {
  PeLayout layout;
  bool broken = false;
  if (!pe_layout(source, optional_header, layout, broken)) {
    return broken ? damaged("its PE header is broken") : Signature{State::kUnsigned, {}, {}};
  }
  const auto der = pe_signature(source, layout);
  return der ? judge(*der, source, pe_digest) : damaged("its certificate table is cut off or broken");
}

/// Walks an MSI's storages in the order of the digest.
class MsiWalk {
 public:
  MsiWalk(const CompoundFile& file, std::uint64_t file_size) : file_(file), budget_(file_size) {}

  /// Contents: of each storage its children by name, then its class id.
  bool contents(std::uint32_t storage, Digest& digest, unsigned depth = 0) {
    const auto children = sorted_children(storage, depth);
    if (!children) return false;
    for (const std::uint32_t child : *children) {
      const bool is_stream = file_.entry(child).kind == CompoundFile::Kind::kStream;
      if (!(is_stream ? stream(child, digest) : contents(child, digest, depth + 1))) return false;
    }
    const auto& id = file_.entry(storage).class_id;
    digest.add(id.data(), id.size());
    return true;
  }

  /// Names, sizes, state and times, which MsiDigitalSignatureEx protects.
  bool metadata(std::uint32_t storage, Digest& digest, unsigned depth = 0) {
    const auto children = sorted_children(storage, depth);
    if (!children) return false;
    describe(storage, digest);
    for (const std::uint32_t child : *children) {
      if (file_.entry(child).kind == CompoundFile::Kind::kStream) {
        describe(child, digest);
      } else if (!metadata(child, digest, depth + 1)) {
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr unsigned kMaxDepth = 32;
  static constexpr std::size_t kMaxStorages = 4096;

  static void append16(Bytes& out, std::uint32_t value) {
    out.push_back(static_cast<unsigned char>(value & 0xFFU));
    out.push_back(static_cast<unsigned char>(value >> 8U & 0xFFU));
  }
  static void append32(Bytes& out, std::uint32_t value) {
    append16(out, value & 0xFFFFU);
    append16(out, value >> 16U);
  }
  static Bytes name_bytes(const std::u16string& name) {
    Bytes out;
    for (const char16_t unit : name) append16(out, unit);
    return out;
  }

  std::optional<std::vector<std::uint32_t>> sorted_children(std::uint32_t storage, unsigned depth) {
    if (depth > kMaxDepth || ++storages_ > 2 * kMaxStorages) return std::nullopt;
    auto children = file_.children(storage);
    if (!children) return std::nullopt;
    if (storage == CompoundFile::kRootIndex) {
      std::erase_if(*children, [&](std::uint32_t child) {
        const std::u16string& name = file_.entry(child).name;
        return name == u"\u0005DigitalSignature" || name == u"\u0005MsiDigitalSignatureEx";
      });
    }
    // By the bytes of the little-endian name, not by its characters.
    std::sort(children->begin(), children->end(), [&](std::uint32_t a, std::uint32_t b) {
      return name_bytes(file_.entry(a).name) < name_bytes(file_.entry(b).name);
    });
    return children;
  }

  /// Streams do not share sectors, so that together they cannot be larger than the file.
  bool stream(std::uint32_t index, Digest& digest) {
    const std::uint64_t size = file_.entry(index).size;
    if (size > budget_) return false;
    budget_ -= size;
    return file_.read_stream(index, [&](const unsigned char* data, std::size_t count) { digest.add(data, count); });
  }

  void describe(std::uint32_t index, Digest& digest) const {
    const CompoundFile::Entry& entry = file_.entry(index);
    const bool is_root = index == CompoundFile::kRootIndex;
    Bytes out = is_root ? Bytes() : name_bytes(entry.name);
    if (entry.kind == CompoundFile::Kind::kStream) {
      append32(out, static_cast<std::uint32_t>(entry.size & 0xFFFFFFFFU));
    } else {
      out.insert(out.end(), entry.class_id.begin(), entry.class_id.end());
    }
    append32(out, entry.state);
    for (const std::uint64_t time : {entry.created, entry.modified}) {
      if (is_root) break;
      append32(out, static_cast<std::uint32_t>(time & 0xFFFFFFFFU));
      append32(out, static_cast<std::uint32_t>(time >> 32U));
    }
    digest.add(out.data(), out.size());
  }

  const CompoundFile& file_;
  std::uint64_t budget_;
  std::size_t storages_ = 0;
};

/// A stream of the root storage; nothing when it is not there or is too large.
std::optional<Bytes> root_stream(const CompoundFile& file, std::u16string_view name) {
  const auto children = file.children(CompoundFile::kRootIndex);
  if (!children) return std::nullopt;
  for (const std::uint32_t child : *children) {
    const CompoundFile::Entry& entry = file.entry(child);
    if (entry.name != name || entry.kind != CompoundFile::Kind::kStream || entry.size > kMaxSignature) continue;
    Bytes out;
    const auto add = [&](const unsigned char* data, std::size_t size) { out.insert(out.end(), data, data + size); };
    if (!file.read_stream(child, add)) return std::nullopt;
    return out;
  }
  return std::nullopt;
}

std::optional<Bytes> msi_digest(const ByteSource& source, const EVP_MD* algorithm) {
  const auto file = CompoundFile::open(source);
  if (!file) return std::nullopt;
  MsiWalk walk(*file, source.size());
  Digest digest(algorithm);
  if (const auto extended = root_stream(*file, u"\u0005MsiDigitalSignatureEx"); extended) {
    Digest metadata(algorithm);
    if (!walk.metadata(CompoundFile::kRootIndex, metadata) || metadata.finish() != *extended) return std::nullopt;
    digest.add(extended->data(), extended->size());
  }
  if (!walk.contents(CompoundFile::kRootIndex, digest)) return std::nullopt;
  return digest.finish();
}

Signature read_msi(const ByteSource& source) {
  const auto file = CompoundFile::open(source);
  const auto children = file ? file->children(CompoundFile::kRootIndex) : std::nullopt;
  if (!children) return damaged("its compound file structure is broken");
  const bool has_signature = std::any_of(children->begin(), children->end(), [&](std::uint32_t child) {
    return file->entry(child).name == u"\u0005DigitalSignature";
  });
  if (!has_signature) return {State::kUnsigned, {}, {}};
  const auto der = root_stream(*file, u"\u0005DigitalSignature");
  return der ? judge(*der, source, msi_digest) : damaged("its signature stream is broken");
}

Signature read_any(const ByteSource& source) {
  std::uint64_t optional_header = 0;
  Signature out;
  if (is_pe(source, optional_header)) {
    out = read_pe(source, optional_header);
  } else if (CompoundFile::has_magic(source)) {
    out = read_msi(source);
  }
  // What OpenSSL noted on the way is of no use, and must not stay in the thread's queue.
  ERR_clear_error();
  return out;
}

}  // namespace

std::string_view name(Signature::State state) {
  switch (state) {
    case State::kNotApplicable:
      return "not applicable";
    case State::kUnsigned:
      return "unsigned";
    case State::kSigned:
      return "signed";
    case State::kDamaged:
      return "damaged";
    case State::kUnverifiable:
      return "unverifiable";
  }
  return "";
}

Result<Signature> read_signature(const std::string& path) {
  const FileSource source(path);
  if (!source.is_open()) return fail(ExitCode::kIo, fmt::format("cannot read {}", path));
  return read_any(source);
}

Signature read_signature_of(std::string_view bytes) {
  return read_any(MemorySource(bytes));
}

}  // namespace zoo
