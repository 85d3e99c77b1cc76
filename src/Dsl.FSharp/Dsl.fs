namespace Adjoint
