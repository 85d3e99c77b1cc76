namespace Adjoint

/// A value with a tangent space of its own: a rotation, a point of a sphere, a simplex.
/// A record implements it to be moved along tangents instead of having its tensors moved one by one.
/// 'Self is the type that implements it, 'T the element type of tangent coordinates.
type IManifold<'Self, 'T when 'T: struct> =

    /// The shape of tangent coordinates at this point.
    abstract TangentShape: int list

    /// The point reached from this one along a tangent (a retraction): along zero it is this point.
    /// Gradients are derivatives of it at zero, in these coordinates; so it must be smooth there.
    abstract Move: tangent: Tensor<'T> -> 'Self
