namespace Adjoint.Suites.Derivatives

open System.Globalization
open System.Text.RegularExpressions
open Adjoint.Suites

/// An expression of the kind that the derivative pack quotes, from F# and Swift alike.
type Term =
    | Name of string
    | Literal of float
    | Text of string
    | Items of Term list
    | Range of Term option * Term option
    | Index of Term * Term list
    /// A function, or a method with its object first; arguments by position and by name.
    | Call of string * Term list * (string * Term) list

/// Reads such expressions: names, numbers, lists, calls, methods, slices, and operators by precedence.
[<RequireQualifiedAccess>]
module Syntax =

    let private token =
        Regex(@"\G\s*(?:(\d+(?:\.\d+)?(?:e-?\d+)?f?)|([A-Za-z_]\w*)|(\.\.|\*\*|\[\||\|\]|\|>|[-+*/()\[\],;:=.]))")

    /// Numbers, names and signs. A dot before a digit of a range is no decimal point.
    let private tokens (text: string) =
        let text = Regex.Replace(text, @"(?<=\d)\.\.", " ..")

        let rec read at =
            if at >= text.TrimEnd().Length then
                []
            else
                let found = token.Match(text, at)

                if not found.Success then
                    raise (Unmapped $"the expression '{text}' has a form that the reader does not know")

                found.Value.Trim() :: read (at + found.Length)

        read 0

    let private isName (text: string) = Regex.IsMatch(text, @"^[A-Za-z_]")

    let private binary = [ [ "+"; "-" ]; [ "*"; "/" ]; [ "**" ] ]

    let private operation =
        function
        | "+" -> "add"
        | "-" -> "sub"
        | "*" -> "mul"
        | "/" -> "div"
        | _ -> "pow"

    let rec private level n input =
        if n = binary.Length then
            unary input
        else
            let rec more left input =
                match input with
                | sign :: rest when List.contains sign binary[n] ->
                    let right, rest = level (n + 1) rest
                    more (Call(operation sign, [ left; right ], [])) rest
                | _ -> left, input

            let left, rest = level (n + 1) input
            more left rest

    and private unary input =
        match input with
        | "-" :: rest ->
            let operand, rest = unary rest
            Call("neg", [ operand ], []), rest
        | _ -> atom input ||> postfix

    and private atom input =
        match input with
        | "(" :: rest ->
            match level 0 rest with
            | inner, ")" :: rest -> inner, rest
            | inner, "," :: _ ->
                let others, rest = sequence ")" rest
                ignore inner
                Items others, rest
            | _ -> unread input
        | "[|" :: rest -> items "|]" rest
        | "[" :: rest -> items "]" rest
        | name :: "(" :: rest when isName name ->
            let positional, named, rest = arguments rest
            Call(name, positional, named), rest
        | name :: rest when isName name -> Name name, rest
        | number :: rest when System.Char.IsDigit number[0] ->
            Literal(System.Double.Parse(number.TrimEnd 'f', CultureInfo.InvariantCulture)), rest
        | _ -> unread input

    and private postfix term input =
        match input with
        | "." :: name :: "(" :: rest ->
            let positional, named, rest = arguments rest
            postfix (Call(name, term :: positional, named)) rest
        | "." :: "[" :: rest
        | "[" :: rest ->
            let places, rest = sequence "]" rest
            postfix (Index(term, places)) rest
        | "." :: name :: rest -> postfix (Call(name, [ term ], [])) rest
        | _ -> term, input

    /// Terms up to a closing sign; ranges are among them.
    and private sequence closing input =
        match input with
        | sign :: rest when sign = closing -> [], rest
        | ("," | ";") :: rest -> sequence closing rest
        | _ ->
            let first, rest = place input
            let others, rest = sequence closing rest
            first :: others, rest

    and private place input =
        let stop =
            function
            | ("]" | "," | ";" | "|]" | ")") :: _ -> true
            | _ -> false

        let upTo input =
            if stop input then
                None, input
            else
                let term, rest = level 0 input
                Some term, rest

        match input with
        | ".." :: rest ->
            let last, rest = upTo rest
            Range(None, last), rest
        | _ ->
            match level 0 input with
            | first, ".." :: rest ->
                let last, rest = upTo rest
                Range(Some first, last), rest
            | term, rest -> term, rest

    and private items closing input =
        let all, rest = sequence closing input
        Items all, rest

    and private arguments input =
        match input with
        | ")" :: rest -> [], [], rest
        | "," :: rest -> arguments rest
        | name :: ("=" | ":") :: rest when isName name ->
            let value, rest = level 0 rest
            let positional, named, rest = arguments rest
            positional, (name, value) :: named, rest
        | _ ->
            let value, rest = level 0 input
            let positional, named, rest = arguments rest
            value :: positional, named, rest

    and private unread input =
        let around = input |> List.truncate 4 |> String.concat " "
        raise (Unmapped $"the reader stops at '{around}'")

    /// The expression that a text spells.
    let read (text: string) =
        match level 0 (tokens text) with
        | term, [] -> term
        | _, rest -> fst (unread rest)
