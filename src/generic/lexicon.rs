//! What a word says: the everyday vocabulary of keys and values, as bit classes.
//!
//! Words are looked up by a hash made while a name is split, so a look-up costs one probe.
//! Knows nothing of texts, paths or models.

use std::sync::OnceLock;

use super::foreign;

/// Classes of words; a word may be in several.
pub type Class = u32;

macro_rules! classes {
    ($($name:ident = $bit:expr),* $(,)?) => { $(pub const $name: Class = 1 << $bit;)* };
}
classes! {
    PASS = 0, SECRET = 1, TOKEN = 2, KEY = 3, AUTH = 4, CRED = 5, API = 6, OWNER = 7,
    SALT = 8, USER = 9, ID = 10, NAME = 11, PUBLIC = 12, META = 13, HASH = 14, CRYPT = 15,
    FAKE = 16, FILLER = 17, WEAK = 18, ENVIRON = 19, CODEC = 20, COMPARE = 21, DECLARE = 22,
    EXAMPLE = 23, TYPE = 24, CLIENT = 25, WRONG = 26, VALUE = 27, CACHE = 28, NULL = 29, OPEN = 30, DIGEST = 31,
}

/// What makes a name a secret's name.
pub const SECRETIVE: Class = PASS | SECRET | TOKEN | KEY | AUTH | CRED;

const WORDS: &[(Class, &str)] = &[
    (
        PASS,
        "password passwd passwort pass passphrase passcode pwd passwords pw pswd psw mdp userpass \
            userpassword userpwd dbpass dbpassword dbpasswd storepass keypass storepassword keypassword \
            rootpassword adminpassword requirepass masterauth pgpassword passwrd contrasena senha \
            wachtwoord kennwort haslo passe motdepasse passord salasana adgangskode losenord jelszo sandi khau",
    ),
    (
        SECRET,
        "secret secrets secretkey clientsecret appsecret apisecret jwtsecret sharedsecret totp hotp otp",
    ),
    (
        TOKEN,
        "token tokens accesstoken authtoken apitoken refreshtoken usertoken ticket bearer jwt sessiontoken",
    ),
    (KEY, "key keys apikey appkey accesskey authkey privatekey secretkey masterkey licensekey apikeys"),
    (
        AUTH,
        "auth authorization oauth basic authentication authenticate credential credentials authdata xauth",
    ),
    (CRED, "credential credentials creds cred login signin passphrase"),
    (API, "api apikey apitoken apisecret rest webhook"),
    (
        OWNER,
        "client consumer access app application master root admin private shared service account bot user \
             db database session signing sign encryption webhook license jwt aws azure smtp mail mysql postgres redis",
    ),
    (SALT, "salt nonce iv seed pepper csrf xsrf state challenge verifier"),
    (USER, "user username login email uid account owner uname users usr mail author"),
    (ID, "id ids uuid guid uid kid pid sid number index idx"),
    (NAME, "name names title label alias description desc comment text caption"),
    (
        PUBLIC,
        "recv keyserver gpg pgp keyid keyring modulus subject issuer thumbprint csp fingerprints x5c jwk jwks \
              public pub publishable fingerprint certificate cert ca pubkey publickey anon",
    ),
    (
        META,
        "type types length len size count field fields label regex regexp pattern path paths file files filename dir \
            directory url uri host hostname domain endpoint format prefix suffix hint placeholder error errors message msg \
            expired expires expiry expiration policy reset required require min max valid validator validation method class \
            header headers param params provider providers service manager handler column table version ref status date \
            time timeout ttl age map list array set config settings option options mode kind scope scopes node state event \
            action page link icon color style template form input output view route router model schema test tests check \
            generator factory util utils helper parser reader writer rule rules flag enabled disabled enable disable use \
            usage rotation strength attempts limit limits code codes store storage ring chain pair pairs down up press \
            board frame space word words not found missing empty only bytes bits algorithm alg curve order sort group \
            target source position offset stream buffer symbol lexer tokenizer parse position char chars line property \
            properties attribute",
    ),
    (
        HASH,
        "hash hashed digest checksum sha sha1 sha256 sha512 md5 hmac signature sig etag integrity sum crc hashes bcrypt",
    ),
    (
        CRYPT,
        "encrypted encrypt encoded cipher ciphertext crypt crypted encryption decrypt decrypted cipherkey",
    ),
    (
        FAKE,
        "test testing fake dummy mock example sample demo expected foo bar baz qux foobar invalid wrong bad stub",
    ),
    (
        FILLER,
        "your my some the a an this that here enter insert replace change changeme me todo xxx xxxx xxxxx redacted \
              removed hidden masked value values string text example sample placeholder dummy fake foo bar baz new old \
              put add set fill something anything whatever test testing none null empty default any name user username \
              password passwd pass pwd pw secret token key api apikey access login id client consumer auth app private \
              var env environment from generate generated random value1 value2 test1 test2 with and or of to in is for \
              secure strong real valid invalid wrong bad good correct different other another first second one two \
              admin root doe john jane asdf abc",
    ),
    (
        WEAK,
        "admin root password passwd 123456 12345678 123456789 1234567890 12345 1234 qwerty letmein welcome guest postgres \
            mysql elastic changeit changeme test tester testing toor pass secret default oracle redis mongo mongodb rabbitmq minioadmin \
            neo4j cassandra sa admin123 root123 password1 password123 passw0rd p4ssw0rd p@ssw0rd abc123 iloveyou monkey \
            dragon 111111 000000 123123 654321 user demo hunter2 grafana vagrant ubuntu pi raspberry alpine kafka zookeeper \
            travis jenkins nagios zabbix wordpress nextcloud keycloak hello world s3cr3t sikrit banana foobar foo bar baz \
            administrator manager system public private cisco super asdf asdfasdf qwe123 1q2w3e4r monitor devpass",
    ),
    (
        ENVIRON,
        "env environ getenv environment config getproperty configuration lookup fetch get getstring props property \
               settings params param vars var arg args argv option input prompt ask read secretsmanager vault os process",
    ),
    (
        CODEC,
        "decode base64 frombase64 fromhex hex unhexlify bytes byte b64decode base64decode getbytes some just stringencoder \
             encode unpack pack tobytearray bytearray buffer string text securestring tochararray ptr pointer literal",
    ),
    (
        COMPARE,
        "assert expect eq equal equals assertequals toequal should match matches verify contains is tobe assertthat",
    ),
    (
        DECLARE,
        "def func function fn fun public private protected static void sub proc interface type struct class import \
               return throw raise const let var val final",
    ),
    (EXAMPLE, "example examples usage sample e g eg ex instance demo tutorial sample"),
    (
        TYPE,
        "string str int integer bool boolean number text varchar char nvarchar bytes object any optional option list map \
            array void null nil none undefined unknown symbol uuid date blob true false yes no on off required float long digest uniq index references \
            self this ref const var stdin prompt default auto always never",
    ),
    (
        CLIENT,
        "mysql mysqldump mysqladmin mariadb sshpass plink pscp psql mongo mongosh mongodump docker podman az cqlsh \
              redis sqlcmd osql bcp isql curl wget zip unzip 7z ldapsearch ldapadd net rpcclient smbclient openssl impala influx",
    ),
    (
        WRONG,
        "wrong invalid incorrect bad error fail failed fails failure expired missing mismatch unauthorized denied reject rejected",
    ),
    (VALUE, "value val content data defaultvalue default"),
    (
        CACHE,
        "cache caches cached tag attr node column foreign primary translation locale index sort partition group row hash \
             field dict json yaml redis keyboard event shortcut i18n lookup query storage bucket object",
    ),
    (
        OPEN,
        "csrf csrftoken xsrf xsrftoken authenticity sealed websocket dnskey recv keyserver keyid fpr gpgkeys signedby public pub pubkey publickey publishable fingerprint fingerprints thumbprint resourcekey gpgkey pubkeys publickeytoken",
    ),
    (
        DIGEST,
        "hash hashed hashes digest checksum checksums sha md5 etag integrity keyhash pwdhash passwordhash",
    ),
    (NULL, "null nil none undefined true false nullptr void"),
];

const SLOTS: usize = 4096;

/// Start of a word's hash.
pub const SEED: u32 = 0x811c_9dc5;

/// Adds one lower-case byte to a word's hash.
#[inline]
pub fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// Hash of a word, without case.
pub fn hash(word: &[u8]) -> u32 {
    finish(word.iter().fold(SEED, |h, b| step(h, b.to_ascii_lowercase())))
}

/// Spreads a running hash, never 0.
#[inline]
pub fn finish(h: u32) -> u32 {
    let h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    (h ^ (h >> 13)) | 1
}

fn table() -> &'static [(u32, Class); SLOTS] {
    static TABLE: OnceLock<Box<[(u32, Class); SLOTS]>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Box::new([(0, 0); SLOTS]);
        for (class, words) in WORDS {
            for word in words.split_ascii_whitespace() {
                let h = hash(word.as_bytes());
                let mut slot = h as usize % SLOTS;
                while table[slot].0 != 0 && table[slot].0 != h {
                    slot = (slot + 1) % SLOTS;
                }
                table[slot] = (h, table[slot].1 | class);
            }
        }
        table
    })
}

/// The classes of the word with this hash; 0 if it is in no list.
#[inline]
pub fn classes_of(h: u32) -> Class {
    let table = table();
    let mut slot = h as usize % SLOTS;
    loop {
        let (found, class) = table[slot];
        if found == h {
            return class;
        }
        if found == 0 {
            return 0;
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// The classes of a word, without case.
pub fn classes(word: &[u8]) -> Class {
    classes_of(hash(word))
}

/// Endings that glued lower-case names carry (`dbpassword`, `mytoken`), longest first.
const ENDINGS: &[&[u8]] = &[
    b"passphrase",
    b"credentials",
    b"credential",
    b"password",
    b"passwd",
    b"secret",
    b"token",
    b"pass",
    b"pwd",
    b"key",
    b"auth",
];

/// Words that end so by chance.
const CHANCE: &[&[u8]] = &[
    b"compass",
    b"encompass",
    b"bypass",
    b"trespass",
    b"surpass",
    b"overpass",
    b"underpass",
    b"turkey",
    b"donkey",
    b"hockey",
    b"jockey",
    b"whiskey",
    b"monkey",
    b"rowkey",
];

/// Whether a name is no more than a word that ends so by chance.
pub fn by_chance(name: &[u8]) -> bool {
    CHANCE.iter().any(|word| word.eq_ignore_ascii_case(name))
}

/// Whether any word of a name is of one of these classes.
pub fn says(name: &[u8], classes: Class) -> bool {
    let mut any = false;
    split(name, |_, _, class| any |= class & classes != 0);
    any
}

/// Calls `each` with the range, hash and classes of every word of a name
/// (`camelCase`, `snake_case`, `kebab-case`, `SCREAMING`, digits apart).
pub fn split(name: &[u8], mut each: impl FnMut(std::ops::Range<usize>, u32, Class)) {
    if foreign::names(name) {
        return each(0..name.len(), hash(b"password"), PASS);
    }
    let mut i = 0;
    while i < name.len() {
        if !name[i].is_ascii_alphabetic() {
            i += 1;
            continue;
        }
        let start = i;
        let mut h = SEED;
        while i < name.len() && name[i].is_ascii_alphabetic() {
            let (b, p) = (name[i], name[i - usize::from(i > start)]);
            if i > start && b.is_ascii_uppercase() {
                // aB | ABc: a new word starts at B
                let next_lower = name.get(i + 1).is_some_and(u8::is_ascii_lowercase);
                if p.is_ascii_lowercase() || next_lower {
                    break;
                }
            }
            h = step(h, b.to_ascii_lowercase());
            i += 1;
        }
        let h = finish(h);
        let mut class = classes_of(h);
        if class == 0 && i - start > 4 {
            let word = &name[start..i];
            for end in ENDINGS {
                if word.len() > end.len() && word[word.len() - end.len()..].eq_ignore_ascii_case(end) {
                    class = if by_chance(word) { 0 } else { classes(end) };
                    break;
                }
            }
        }
        each(start..i, h, class);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> Vec<&str> {
        let mut all = Vec::new();
        split(name.as_bytes(), |r, _, _| all.push(&name[r]));
        all
    }

    #[test]
    fn names_split_at_case_and_punctuation() {
        assert_eq!(words("dbPassword"), ["db", "Password"]);
        assert_eq!(words("AWS_SECRET_KEY2"), ["AWS", "SECRET", "KEY"]);
        assert_eq!(words("HTTPToken.x-y"), ["HTTP", "Token", "x", "y"]);
        assert!(words("__9").is_empty());
    }

    #[test]
    fn every_word_is_found_with_its_classes() {
        for (class, list) in WORDS {
            for word in list.split_ascii_whitespace() {
                assert_ne!(classes(word.as_bytes()) & class, 0, "{word}");
            }
        }
        assert_eq!(classes(b"zebra"), 0);
        let of = |name: &str| {
            let mut all = 0;
            split(name.as_bytes(), |_, _, class| all |= class);
            all & SECRETIVE
        };
        assert_eq!((of("dbpass"), of("userkey")), (PASS, KEY));
        assert_eq!((of("Compass"), of("Turkey")), (0, 0), "they end so by chance");
        assert_eq!(classes(b"PassWord"), classes(b"password"));
    }
}
