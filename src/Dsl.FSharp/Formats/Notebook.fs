namespace Adjoint

open Adjoint.Front

/// What notebooks show. Tensors, arrays, graphs and explanations show themselves: `x` at the end of a cell is enough.
[<RequireQualifiedAccess>]
module Notebook =

    /// A structure as a table of its leaves: path, type, the smallest, mean and largest finite element, and how many are
    /// not finite. Pending work runs.
    /// At the end of a cell it is shown; `string` gives the HTML.
    let show (structure: 'P) : HtmlView =
        let flat = Flat.take structure
        HtmlView.Of(flat.Paths, flat.Leaves)
