//! Check of references: a serializer visits every reference of a stack, so none is missed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::value::Error;
use serde::ser::{
    Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, Serializer,
};

use crate::config::sections::Stack;
use crate::diagnostic::{Diagnostic, KeyPath, KeySegment, closest_match};

/// Reports references to sections that the stack does not have.
pub(super) fn check(stack: &Stack, diagnostics: &mut Vec<Diagnostic>) {
    let mut walk = Walk::default();
    if let Err(error) = stack.serialize(&mut walk) {
        // No type of a section fails to serialize.
        let internal = format!("internal error: the check of references failed: {error}");
        diagnostics
            .push(Diagnostic::error(internal).help("report it, together with the stack file"));
    }
    for reference in &walk.references {
        let names = walk.tables.get(reference.section);
        if names.is_some_and(|names| names.contains(&reference.name)) {
            continue;
        }
        let names = names.map_or(&[] as &[String], Vec::as_slice);
        let (section, name) = (reference.section, &reference.name);
        let dangling = Diagnostic::error(format!("there is no [{section}.{name}]"))
            .at(&reference.path)
            .label(format!("reference to a section of [{section}]"));
        let near = closest_match(name, names.iter().map(String::as_str));
        diagnostics.push(match near {
            Some(near) => dangling.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => dangling.help(format!("add [{section}.{name}]")),
            None => dangling.help(format!("write one of {}", names.join(", "))),
        });
    }
}

/// A reference: its key path, the kind of section, and the section's name.
struct Reference {
    path: KeyPath,
    section: &'static str,
    name: String,
}

/// A serializer without output. It collects the keys of tables, and references with their key paths.
#[derive(Default)]
struct Walk {
    path: Vec<KeySegment>,
    text: String,
    tables: BTreeMap<String, Vec<String>>,
    references: Vec<Reference>,
}

impl Walk {
    fn here(&self) -> KeyPath {
        self.path.iter().cloned().collect()
    }

    fn inside<T: Serialize + ?Sized>(&mut self, step: KeySegment, value: &T) -> Result<(), Error> {
        self.path.push(step);
        value.serialize(&mut *self)?;
        self.path.pop();
        Ok(())
    }
}

macro_rules! nothing {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(fn $method(self, _: $type) -> Result<(), Error> { Ok(()) })*
    };
}

impl<'a> Serializer for &'a mut Walk {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    nothing! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_bytes: &[u8], serialize_unit_struct: &'static str,
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        text.clone_into(&mut self.text);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    /// Collects a reference: a newtype with the path of its sections as its name, which starts in lowercase.
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(&mut *self)?;
        if name.starts_with(|c: char| c.is_ascii_lowercase()) {
            let reference = Reference {
                path: self.here(),
                section: name,
                name: self.text.clone(),
            };
            self.references.push(reference);
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.inside(KeySegment::Key(variant.to_owned()), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        Ok(Items {
            walk: self,
            index: 0,
        })
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(serde::ser::Error::custom("sections have no tuples"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        self.serialize_tuple(length)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Error> {
        Ok(self)
    }
}

/// The items of an array.
struct Items<'a> {
    walk: &'a mut Walk,
    index: usize,
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.walk.inside(KeySegment::Index(self.index), value)?;
        self.index += 1;
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeMap for &mut Walk {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let before = self.references.len();
        key.serialize(&mut **self)?;
        let table = self.here().to_string();
        let name = self.text.clone();
        self.path.push(KeySegment::Key(name.clone()));
        self.tables.entry(table).or_default().push(name);
        let path = self.here();
        // The location of a key that is a reference is the key, not its table.
        for reference in self.references.iter_mut().skip(before) {
            reference.path = path.clone();
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut **self)?;
        self.path.pop();
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStruct for &mut Walk {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.inside(KeySegment::Key(key.to_owned()), value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStructVariant for &mut Walk {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.inside(KeySegment::Key(key.to_owned()), value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
