/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-message.h"

#include <openssl/crypto.h>

#include "enigm-cbor.h"
#include "enigm-error.h"

#define FIRST_SEALED_TYPE 16
#define MAX_FIELDS 6
#define SECRET_SIZE 32

typedef enum
{
  FIELD_END,
  FIELD_FIXED,   /* a byte string of exactly max bytes, inline */
  FIELD_BLOB,    /* a byte string of min to max bytes, a GBytes */
  FIELD_TEXT,    /* a text string of min to max bytes */
  FIELD_UINT,    /* an unsigned integer up to max */
  FIELD_SECRET,  /* a byte string of SECRET_SIZE bytes, an EnigmSecret */
  FIELD_CHAIN,   /* an array of certificates */
  FIELD_BINDING, /* a byte string of 0 or ENIGM_ID_SIZE bytes */
  FIELD_PROOF,   /* a byte string of 0 or ENIGM_P256_SIGNATURE_SIZE bytes */
} FieldKind;

typedef struct
{
  FieldKind kind;
  const char *name;
  gsize offset;
  gsize min;
  gsize max;
} Field;

typedef struct
{
  EnigmMessageType type;
  const char *name;
  Field fields[MAX_FIELDS];
} Layout;

#define AT(member) G_STRUCT_OFFSET (EnigmMessage, member)
#define FIXED(name, member)                                                                        \
  {                                                                                                \
    FIELD_FIXED, name, AT (member), 0, sizeof (((EnigmMessage *) NULL)->member)                    \
  }
#define BLOB(name, min, max)                                                                       \
  {                                                                                                \
    FIELD_BLOB, name, AT (blob), min, max                                                          \
  }
#define TEXT(name, member, min, max)                                                               \
  {                                                                                                \
    FIELD_TEXT, name, AT (member), min, max                                                        \
  }
#define UINT(name, member, max)                                                                    \
  {                                                                                                \
    FIELD_UINT, name, AT (member), 0, max                                                          \
  }
#define SECRET(name)                                                                               \
  {                                                                                                \
    FIELD_SECRET, name, AT (secret), SECRET_SIZE, SECRET_SIZE                                      \
  }
#define CHAIN(name)                                                                                \
  {                                                                                                \
    FIELD_CHAIN, name, AT (chain), 1, ENIGM_CHAIN_MAX                                              \
  }
#define BINDING(name)                                                                              \
  {                                                                                                \
    FIELD_BINDING, name, AT (binding), 0, ENIGM_ID_SIZE                                            \
  }
#define PROOF(name)                                                                                \
  {                                                                                                \
    FIELD_PROOF, name, AT (signature), 0, ENIGM_P256_SIGNATURE_SIZE                                \
  }

/* PROTOCOL.md section 3, line by line. */
static const Layout layouts[] = {
  { ENIGM_MESSAGE_START, "start", { BLOB ("app hello", 1, 32), FIXED ("shareP", point) } },
  { ENIGM_MESSAGE_SHARE, "share", { FIXED ("shareV", point), FIXED ("confirmV", mac) } },
  { ENIGM_MESSAGE_CONFIRM, "confirm", { FIXED ("confirmP", mac) } },
  { ENIGM_MESSAGE_REFUSED,
    "refused",
    { UINT ("reason", reason, 255), UINT ("seconds", seconds, 86400) } },
  { ENIGM_MESSAGE_SEALED, "sealed", { BLOB ("ciphertext", 17, 4080) } },
  { ENIGM_MESSAGE_RESUME,
    "resume",
    { FIXED ("E_A", point), FIXED ("n_A", nonce), FIXED ("hint", mac) } },
  { ENIGM_MESSAGE_RESUME_SHARE,
    "resume-share",
    { FIXED ("E_K", point), FIXED ("n_K", nonce), FIXED ("MAC_K", mac) } },
  { ENIGM_MESSAGE_RESUME_CONFIRM, "resume-confirm", { FIXED ("MAC_A", mac) } },
  { ENIGM_MESSAGE_CERTIFICATE,
    "certificate",
    { CHAIN ("chain"), FIXED ("nonce", nonce), BINDING ("binding ID") } },
  { ENIGM_MESSAGE_RELEASE,
    "release",
    { BLOB ("release", 1, 256), FIXED ("signature", signature) } },
  { ENIGM_MESSAGE_OFFER, "offer", { BLOB ("offer", 1, 1024), FIXED ("signature", signature) } },
  { ENIGM_MESSAGE_WAITING, "waiting", { UINT ("seconds", seconds, 60) } },
  { ENIGM_MESSAGE_ATTESTATION, "attestation", { BLOB ("attestation", 1, 256) } },
  { ENIGM_MESSAGE_RECEIPT,
    "receipt",
    { BLOB ("receipt", 1, 256), FIXED ("signature", signature), FIXED ("computer ID", computer),
      SECRET ("management secret") } },
  { ENIGM_MESSAGE_STATE,
    "state",
    { UINT ("state", state, ENIGM_REPORTED_RESTRICTED),
      UINT ("reached", reached, ENIGM_REACHED_RELAYED),
      UINT ("battery", battery, ENIGM_BATTERY_UNKNOWN), BINDING ("binding ID"),
      UINT ("open event", open_event, 2) } },
  { ENIGM_MESSAGE_RELAY,
    "relay",
    { TEXT ("path", path, 1, 64), TEXT ("Content-Digest", digest_field, 1, 128),
      TEXT ("Signature-Input", input_field, 1, 512), TEXT ("Signature", signature_field, 1, 256),
      BLOB ("body", 1, 1024) } },
  { ENIGM_MESSAGE_RELAYED,
    "relayed",
    { UINT ("status", status, 599), TEXT ("Content-Digest", digest_field, 0, 128),
      TEXT ("Signature-Input", input_field, 0, 512), TEXT ("Signature", signature_field, 0, 256),
      BLOB ("body", 0, 2048) } },
  { ENIGM_MESSAGE_ASK, "ask", {} },
  { ENIGM_MESSAGE_VIBRATE, "vibrate", {} },
  { ENIGM_MESSAGE_ORDER, "order", { BLOB ("order", 1, 512), FIXED ("signature", signature) } },
  { ENIGM_MESSAGE_KEEP, "keep", { FIXED ("computer ID", computer), SECRET ("management secret") } },
  { ENIGM_MESSAGE_DONE, "done", { UINT ("type", done, 255), PROOF ("signature") } },
  { ENIGM_MESSAGE_DECLINED,
    "declined",
    { UINT ("reason", reason, 255), UINT ("seconds", seconds, 86400) } },
};

static const Layout *
find_layout (guint64 type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    if (layouts[i].type == type)
      return &layouts[i];
  return NULL;
}

static gsize
count_fields (const Layout *layout)
{
  gsize n = 0;

  while (n < MAX_FIELDS && layout->fields[n].kind != FIELD_END)
    n++;
  return n;
}

/**
 * enigm_message_new:
 * @type: which message
 *
 * Returns: (transfer full): a message with every other field zero or %NULL
 */
EnigmMessage *
enigm_message_new (EnigmMessageType type)
{
  EnigmMessage *self = g_new0 (EnigmMessage, 1);

  self->type = type;
  return self;
}

/**
 * enigm_message_free:
 * @self: (transfer full): a message
 */
void
enigm_message_free (EnigmMessage *self)
{
  g_clear_pointer (&self->blob, g_bytes_unref);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_clear_pointer (&self->secret, enigm_secret_unref);
  g_free (self->path);
  g_free (self->digest_field);
  g_free (self->input_field);
  g_free (self->signature_field);
  g_free (self);
}

/**
 * enigm_message_type_is_sealed:
 *
 * Returns: whether such a message travels only inside %ENIGM_MESSAGE_SEALED
 */
gboolean
enigm_message_type_is_sealed (EnigmMessageType type)
{
  return type >= FIRST_SEALED_TYPE;
}

/**
 * enigm_message_type_get_name:
 *
 * Returns: (transfer none): its name in PROTOCOL.md
 */
const char *
enigm_message_type_get_name (EnigmMessageType type)
{
  const Layout *layout = find_layout (type);

  return layout != NULL ? layout->name : "unknown";
}

static void
write_field (EnigmCborWriter *writer, const Field *field, const EnigmMessage *self)
{
  gconstpointer member = G_STRUCT_MEMBER_P (self, field->offset);

  switch (field->kind)
    {
    case FIELD_FIXED:
      enigm_cbor_write_bytes (writer, member, field->max);
      break;
    case FIELD_BLOB:
      g_assert (*(GBytes *const *) member != NULL);
      enigm_cbor_write_blob (writer, *(GBytes *const *) member);
      break;
    case FIELD_TEXT:
      enigm_cbor_write_text (writer, *(char *const *) member);
      break;
    case FIELD_UINT:
      enigm_cbor_write_uint (writer, *(const guint *) member);
      break;
    case FIELD_SECRET:
      enigm_cbor_write_bytes (writer, enigm_secret_peek (*(EnigmSecret *const *) member, NULL),
                              SECRET_SIZE);
      break;
    case FIELD_CHAIN:
      {
        GPtrArray *chain = *(GPtrArray *const *) member;

        enigm_cbor_write_array (writer, chain->len);
        for (guint i = 0; i < chain->len; i++)
          enigm_cbor_write_blob (writer, g_ptr_array_index (chain, i));
      }
      break;
    case FIELD_BINDING:
      enigm_cbor_write_bytes (writer, member, self->has_binding ? ENIGM_ID_SIZE : 0);
      break;
    case FIELD_PROOF:
      enigm_cbor_write_bytes (writer, member, self->has_signature ? ENIGM_P256_SIGNATURE_SIZE : 0);
      break;
    case FIELD_END:
    default:
      g_assert_not_reached ();
    }
}

/**
 * enigm_message_encode:
 * @self: a message whose fields are all set, of their lengths
 *
 * Returns: (transfer full): its bytes, PROTOCOL.md section 3; they hold the management secret if
 * the message does
 */
GBytes *
enigm_message_encode (const EnigmMessage *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  const Layout *layout;
  gsize n_fields;

  g_return_val_if_fail (self != NULL, NULL);
  layout = find_layout (self->type);
  g_return_val_if_fail (layout != NULL, NULL);

  n_fields = count_fields (layout);
  enigm_cbor_write_array (&writer, n_fields + 1);
  enigm_cbor_write_uint (&writer, self->type);
  for (gsize i = 0; i < n_fields; i++)
    write_field (&writer, &layout->fields[i], self);
  return enigm_cbor_writer_end (&writer);
}

static void
read_chain (EnigmCborReader *reader, const Field *field, GPtrArray **chain)
{
  const gsize n = enigm_cbor_read_array_between (reader, field->name, field->min, field->max);

  *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (gsize i = 0; i < n; i++)
    {
      GBytes *certificate =
        enigm_cbor_read_blob (reader, "certificate", 1, ENIGM_CERTIFICATE_MAX_SIZE);

      if (certificate == NULL)
        return;
      g_ptr_array_add (*chain, certificate);
    }
}

static gboolean
read_all_or_nothing (EnigmCborReader *reader, const Field *field, guint8 *member)
{
  g_autoptr (GBytes) bytes = enigm_cbor_read_blob (reader, field->name, 0, field->max);
  const gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (size == 0)
    return FALSE;
  if (size != field->max)
    {
      enigm_cbor_reader_refuse (reader, field->name, "is neither empty nor whole");
      return FALSE;
    }
  memcpy (member, g_bytes_get_data (bytes, NULL), size);
  return TRUE;
}

static void
read_field (EnigmCborReader *reader, const Field *field, EnigmMessage *self)
{
  gpointer member = G_STRUCT_MEMBER_P (self, field->offset);

  switch (field->kind)
    {
    case FIELD_FIXED:
      enigm_cbor_read_bytes (reader, field->name, field->max, member);
      break;
    case FIELD_BLOB:
      *(GBytes **) member = enigm_cbor_read_blob (reader, field->name, field->min, field->max);
      break;
    case FIELD_TEXT:
      *(char **) member = enigm_cbor_read_text (reader, field->name, field->min, field->max);
      break;
    case FIELD_UINT:
      *(guint *) member = enigm_cbor_read_uint (reader, field->name, field->max);
      break;
    case FIELD_SECRET:
      {
        guint8 secret[SECRET_SIZE];

        if (enigm_cbor_read_bytes (reader, field->name, sizeof secret, secret))
          *(EnigmSecret **) member = enigm_secret_new_copy (secret, sizeof secret);
        OPENSSL_cleanse (secret, sizeof secret);
      }
      break;
    case FIELD_CHAIN:
      read_chain (reader, field, member);
      break;
    case FIELD_BINDING:
      self->has_binding = read_all_or_nothing (reader, field, member);
      break;
    case FIELD_PROOF:
      self->has_signature = read_all_or_nothing (reader, field, member);
      break;
    case FIELD_END:
    default:
      g_assert_not_reached ();
    }
}

/**
 * enigm_message_decode:
 * @bytes: what arrived
 * @sealed: whether it arrived inside %ENIGM_MESSAGE_SEALED
 * @error: return location for %ENIGM_ERROR_MALFORMED, naming the field
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if it is not one of PROTOCOL.md
 * section 3 in its one encoding, or travelled the wrong way round
 */
EnigmMessage *
enigm_message_decode (GBytes *bytes, gboolean sealed, GError **error)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  g_autoptr (EnigmMessage) self = NULL;
  const Layout *layout;
  gsize n_items;
  guint64 type;

  n_items = enigm_cbor_read_array_between (&reader, "message", 1, MAX_FIELDS + 1);
  type = enigm_cbor_read_uint (&reader, "type", 255);
  layout = find_layout (type);
  if (!enigm_cbor_reader_ok (&reader))
    ;
  else if (layout == NULL)
    enigm_cbor_reader_refuse (&reader, "type", "is not known");
  else if (enigm_message_type_is_sealed (layout->type) != sealed)
    enigm_cbor_reader_refuse (&reader, "type", sealed ? "travels plain" : "travels sealed");
  else if (n_items != count_fields (layout) + 1)
    enigm_cbor_reader_refuse (&reader, layout->name, "has another number of elements");
  if (!enigm_cbor_reader_ok (&reader))
    {
      enigm_cbor_reader_finish (&reader, error);
      return NULL;
    }

  self = enigm_message_new (layout->type);
  for (gsize i = 0; i < n_items - 1; i++)
    read_field (&reader, &layout->fields[i], self);
  if (!enigm_cbor_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&self);
}
